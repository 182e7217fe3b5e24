select
  coalesce(held.vendor, fresh.source) as source,
  held.vendor is not null as is_connected,
  fresh.complete_through,
  standing.state, standing.since, standing.hint
from (select * from app.credentials where shop_id = :shop_id) as held
full join (select * from app.freshness where shop_id = :shop_id) as fresh
  on fresh.source = held.vendor
left join app.source_states as standing
  on standing.shop_id = :shop_id and standing.source = coalesce(held.vendor, fresh.source)
where held.vendor is not null or not exists (
  -- Whom a person disconnected nobody has to mend.
  select from audit.events as left_by
  where
    left_by.shop_id = :shop_id
    and left_by.action = 'forget_credentials'
    and left_by.subject = fresh.source
    and left_by.at >= fresh.updated_at
)
order by 1
