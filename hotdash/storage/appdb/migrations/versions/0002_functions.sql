-- A run may be about several shops, so the web role reads neither which nor what was asked for; this
-- answers for one shop of the user's own.
create function app.work_under_way(asked text) returns table (kind text, since timestamptz)
language sql stable security definer set search_path = '' as $$
  select
    case
      when run.kind = 'backfill' or build.mode = 'range' or request.detail->>'mode' = 'range'
        then 'backfill'
      when run.kind = 'rebuild' or build.mode = 'full' or request.detail->>'mode' = 'full'
        then 'rebuild'
      else 'run'
    end,
    run.started_at
  from app.runs as run
  left join app.run_steps as request
    on request.run_id = run.run_id and request.step = 'request'
  left join app.builds as build on build.run_id = run.run_id and build.status = 'running'
  where run.status = 'running'
    and run.shops @> array[asked]
    and asked = any(array(select app.my_shops()))
  order by run.started_at
$$;
