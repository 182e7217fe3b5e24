select
  row.channel,
  row.platform,
  row.campaign,
  sum(row.spend) as spend,
  count(*) filter (where row.spend is null) as unread,
  sum(row.known_spend) as known_spend,
  sum(row.clicks) as clicks
from serving.fct_roas as row
where
  row.shop_id = :shop_id
  and row.part = any(cast(:roas_parts as bigint[]))
  and row.day between :first and :last
  and row.platform <> ''
group by row.channel, row.platform, row.campaign
