select
  day, platform, campaign, currency, credited_orders, last_click_revenue, reported_conversions, reported_value
from serving.current_fct_roas
where shop_id = :shop_id and day between :first and :last and platform <> ''
order by day, platform, campaign, channel
