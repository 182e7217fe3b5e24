select
  touch_id, place, touched_at, age_seconds, origin, named_by, source, medium, campaign,
  channel, rule_rank, is_click, utm_problem, referrer_host
from serving.current_fct_touches
where shop_id = :shop_id and order_id = :order_id and day = :day
order by place
