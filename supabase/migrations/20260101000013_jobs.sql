-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table app.schedules (
  name text primary key,
  cron text not null,
  timezone text not null,
  last_slot timestamptz,
  next_slot timestamptz,
  paused_by text,
  pause_reason text check ((pause_reason is null) = (paused_by is null))
);

create table app.job_runs (
  job_id uuid primary key,
  job text not null,
  slot text not null,
  shops text[] not null default '{}'::text[],
  arguments jsonb not null default '{}'::jsonb,
  requested_by text not null,
  requested_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  status text not null check (status in ('queued', 'running', 'completed', 'failed')),
  run_id uuid,
  worker_id uuid,
  error text
);
create unique index job_runs_by_slot on app.job_runs (job, slot);
create index job_runs_waiting on app.job_runs (requested_at)
  where status in ('queued', 'running');
create index job_runs_by_shop on app.job_runs using gin (shops);

create table app.workers (
  worker_id uuid primary key,
  host text not null,
  pid integer not null,
  roles text[] not null default '{}'::text[],
  version text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
);

-- A job may be about several shops: who asked for it and what went wrong is not for one of them.
create function app.my_jobs(asked text) returns table (
  job_id uuid, job text, slot text, status text, run_id uuid,
  requested_at timestamptz, started_at timestamptz, finished_at timestamptz)
language sql stable security definer set search_path = ''
begin atomic
  select j.job_id, j.job, j.slot, j.status, j.run_id, j.requested_at, j.started_at, j.finished_at
  from app.job_runs as j
  where j.shops @> array[my_jobs.asked]
    and my_jobs.asked = any(array(select app.my_shops()))
  order by j.requested_at desc, j.job_id;
end;

alter table app.schedules enable row level security;

revoke all on table app.schedules from public;

alter table app.job_runs enable row level security;

revoke all on table app.job_runs from public;

alter table app.workers enable row level security;

revoke all on table app.workers from public;

revoke all on function app.my_jobs(text) from public;

grant execute on function app.my_jobs(text) to hotdash_web;

UPDATE app.alembic_version SET version_num='0013' WHERE app.alembic_version.version_num = '0012';
