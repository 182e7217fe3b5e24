select
  link.problem,
  link.utm_source,
  link.utm_medium,
  link.utm_campaign,
  link.source,
  link.medium,
  link.channel,
  cast(sum(link.touches) as bigint) as touches,
  min(link.day) as first_day,
  max(link.day) as last_day,
  count(*) over () as found
from serving.fct_link_problems as link
where
  link.shop_id = :shop_id
  and link.part = any(cast(:parts as bigint[]))
  and link.day between :first and :last
group by
  link.problem, link.utm_source, link.utm_medium, link.utm_campaign, link.source, link.medium, link.channel
order by
  sum(link.touches) desc, max(link.day) desc, link.problem, link.utm_source, link.utm_medium,
  link.utm_campaign, link.source, link.medium, link.channel
limit :most offset :skipped
