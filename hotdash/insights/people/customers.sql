-- The next customers in the order asked for; place is what they are sorted by, whichever that is.
select customer_key, first_order_day, last_order_day, acquired_day, counted_orders, revenue, segment, place
from (
  select
    fact.*,
    case cast(:sort as text)
      when 'revenue' then fact.revenue
      when 'orders' then fact.counted_orders::numeric
      else (fact.last_order_day - date '1970-01-01')::numeric
    end as place
  from serving.dim_customers as fact
  where fact.shop_id = :shop_id
    and fact.part = any(cast(:parts as bigint[]))
    and fact.counted_orders > 0
    and fact.customer_key is not null
) as person
where cast(:after_place as numeric) is null
  or (person.place, person.customer_key) < (cast(:after_place as numeric), cast(:after_key as text))
order by person.place desc, person.customer_key desc
limit :most
