{#- Newest versions that no day can be given to: no processed_at, or a shop without a timezone. -#}
{% test day_known(model) %}
with without_day as (
  select distinct
    shop_id,
    coalesce(order_id, 0) as order_id
  from {{ model }}
  where not is_deleted and (day is null or order_id is null)
),

ranked as (
  select
    versions.shop_id,
    versions.order_id,
    versions.fetched_at,
    versions.is_deleted,
    versions.day,
    row_number() over (
      partition by versions.shop_id, versions.order_id
      order by versions.version_at desc, versions.fetched_at desc, versions.load_id desc
    ) as place
  from {{ model }} as versions
  inner join without_day
    on without_day.shop_id = versions.shop_id and without_day.order_id = coalesce(versions.order_id, 0)
)

select shop_id, order_id, fetched_at
from ranked
where place = 1 and not is_deleted and (day is null or order_id is null)
{% endtest %}
