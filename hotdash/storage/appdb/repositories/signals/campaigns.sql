select
  row.platform, row.campaign,
  sum(row.spend) as spend,
  sum(row.attributed_revenue) as revenue,
  sum(row.clicks)::bigint as clicks,
  sum(row.credited_orders)::bigint as orders,
  count(distinct row.day) filter (where row.spend > 0) as days,
  bool_and(row.is_spend_known) as is_known
from serving.current_fct_roas as row
where
  row.shop_id = :shop_id
  and row.platform <> ''
  and row.campaign <> ''
  and row.day between :first and :last
group by row.platform, row.campaign
having sum(row.spend) > 0
order by row.platform, row.campaign
