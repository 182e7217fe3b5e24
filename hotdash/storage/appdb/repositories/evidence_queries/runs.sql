-- What ran in the window, and what it ended with.
select run_id, kind, status, shops, started_at, finished_at, error
from app.runs
where started_at >= :since and started_at < :until
  and (cast(:shop as text) is null or :shop = any(shops))
order by started_at, run_id
