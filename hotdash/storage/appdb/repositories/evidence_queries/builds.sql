-- What those runs computed.
select build.build_id, build.run_id, build.as_of, build.mode, build.status, build.started_at,
  build.finished_at, build.reason
from app.builds as build
join app.runs as run using (run_id)
where run.started_at >= :since and run.started_at < :until
  and (cast(:shop as text) is null or :shop = any(run.shops))
order by build.started_at, build.build_id
