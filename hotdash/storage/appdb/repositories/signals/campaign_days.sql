select
  row.day, row.channel, row.spend, row.attributed_revenue, row.clicks, row.credited_orders,
  row.is_spend_known
from serving.current_fct_roas as row
where
  row.shop_id = :shop_id
  and row.platform = :platform
  and row.campaign = :name
  and row.day between :first and :last
order by row.day desc, row.channel
limit 500
