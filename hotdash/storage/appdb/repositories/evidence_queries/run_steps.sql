-- The steps of those runs; of one shop those that are only its own.
select step.run_id, step.step, step.status, step.attempt, step.started_at, step.finished_at, step.error
from app.run_steps as step
join app.runs as run using (run_id)
where run.started_at >= :since and run.started_at < :until
  and (cast(:shop as text) is null or :shop = any(run.shops))
  and (
    cast(:shop as text) is null
    or :shop = any(string_to_array(step.step, ' '))
    or (cardinality(run.shops) = 1)
  )
order by run.started_at, step.run_id, step.started_at, step.step
