select
  touches.shop_id,
  touches.day,
  coalesce(touches.utm_problem, 'no channel rule fits') as problem,
  coalesce(touches.utm_source, '') as utm_source,
  coalesce(touches.utm_medium, '') as utm_medium,
  coalesce(touches.utm_campaign, '') as utm_campaign,
  touches.source,
  touches.medium,
  touches.channel,
  cast(count(*) as bigint) as touches
from {{ ref('int_touches') }} as touches
inner join {{ ref('int_affected_touch_days') }} as affected
  on affected.shop_id = touches.shop_id and affected.day = touches.day
where touches.utm_problem is not null or touches.channel = 'Unmapped'
group by
  touches.shop_id, touches.day, touches.utm_problem, touches.utm_source, touches.utm_medium, touches.utm_campaign,
  touches.source, touches.medium, touches.channel
