-- What last click credits to each channel, paid or not, in both weeks.
select
  coalesce(nullif(fact.channel, ''), 'No channel') as name,
  coalesce(sum(fact.last_click_revenue) filter (where fact.day between :first and :last), 0) as now,
  coalesce(sum(fact.last_click_revenue) filter (where fact.day between :base_first and :base_last), 0) as before
from serving.fct_roas as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.day between :base_first and :last
group by 1
order by 1
