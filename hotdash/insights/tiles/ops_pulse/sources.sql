select state.source, state.state, state.since, state.seen_at, coalesce(state.reason, '') as reason
from app.source_states as state
where state.shop_id = :shop_id
order by state.state <> 'working' desc, state.source
