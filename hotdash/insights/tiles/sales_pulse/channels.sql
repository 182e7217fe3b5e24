select
  roas.channel,
  sum(roas.credited_orders)::bigint as orders,
  sum(roas.last_click_revenue) as revenue,
  case when bool_and(roas.spend is not null) then sum(roas.spend) end as spend,
  count(*) over () as total
from serving.current_fct_roas as roas
where roas.shop_id = :shop_id and roas.day between :first and :last
group by roas.channel
having sum(roas.credited_orders) > 0 or sum(roas.spend) > 0
order by revenue desc, roas.channel
limit :most
