{#- Under every model an order's shares are a whole and its amounts its revenue, and every counted order has them. -#}
{% test credits_add_up(model) %}
{%- set models = attribution_models() -%}
with credits as (
  select
    shop_id,
    order_id,
    day,
    sum({{ models[0] }}_amount) as credited,
    coalesce(
      {%- for name in models %}
      {% if not loop.first %}and {% endif %}sum({{ name }}_share) = 1000000 and sum({{ name }}_amount) = sum({{ models[0] }}_amount)
      {%- endfor %}
    , false) as are_whole_and_alike
  from {{ asked_rows(model, beside=[ref('fct_orders')]) }} as credits
  group by shop_id, order_id, day
),

orders as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.gross_sales - orders.discounts - orders.refunds + orders.shipping - orders.shipping_refunds
    + case when policies.value = 'true' then orders.taxes - orders.tax_refunds else 0 end as revenue
  from {{ asked_rows(ref('fct_orders'), beside=[model]) }} as orders
  left join {{ ref('int_policy_periods') }} as policies
    on policies.shop_id = orders.shop_id
    and policies.policy = 'include_taxes'
    and orders.day >= policies.valid_from
    and orders.day < {{ end_of('policies') }}
  where orders.is_counted
)

select
  coalesce(orders.shop_id, credits.shop_id) as shop_id,
  coalesce(orders.order_id, credits.order_id) as order_id,
  orders.revenue,
  credits.credited
from orders
full outer join credits
  on credits.shop_id = orders.shop_id and credits.order_id = orders.order_id and credits.day = orders.day
where
  orders.order_id is null
  or credits.order_id is null
  or not credits.are_whole_and_alike
  or coalesce(credits.credited <> orders.revenue, true)
{% endtest %}
