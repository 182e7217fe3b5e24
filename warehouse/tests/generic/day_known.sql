{#- Newest versions that no day can be given to: no processed_at, or a shop without a timezone. -#}
{% test day_known(model) %}
with ranked as (
  select
    *,
    row_number() over (
      partition by shop_id, order_id
      order by version_at desc, fetched_at desc, load_id desc
    ) as place
  from {{ model }}
)

select shop_id, order_id, fetched_at
from ranked
where place = 1 and not is_deleted and (day is null or order_id is null)
{% endtest %}
