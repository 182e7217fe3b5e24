-- What ran in the window, and what it ended with. Of one shop: an error of several may speak of the others.
select
  run_id, kind, status,
  case when cast(:shop as text) is null then shops else array[:shop] end as shops,
  started_at, finished_at,
  case when cast(:shop as text) is null or cardinality(shops) = 1 then error end as error
from app.runs
where started_at >= :since and started_at < :until
  and (cast(:shop as text) is null or :shop = any(shops))
order by started_at, run_id
