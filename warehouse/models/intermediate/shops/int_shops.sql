with versions as (
  select
    *,
    row_number() over (partition by shop_id order by fetched_at desc, load_id desc) as place
  from {{ ref('stg_shopify__shops') }}
)

select
  versions.shop_id,
  versions.name,
  versions.domain,
  versions.iana_timezone as told_timezone,
  timezones.name as timezone,
  versions.currency,
  {{ minor_unit_scale('versions.currency') }} as minor_unit_scale
from versions
left join ({{ known_timezones() }}) as timezones on timezones.name = versions.iana_timezone
where versions.place = 1
