-- Each shop once, on the day its dashboard was first opened.
select
  started.day,
  sum(started.shops_started) as started,
  sum(started.shops_activated) as activated
from ({starts}) as started
where started.shop_id = any(cast(:shop_ids as text[]))
  and started.day between :first and :last
group by started.day
order by started.day
