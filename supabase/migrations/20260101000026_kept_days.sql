-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- The policy as the worker last read it in its home: pg_cron lets nothing go of which no row says how long.
create table app.kept_days (
  name text primary key,
  days integer not null,
  noted_at timestamptz not null
);

alter table app.kept_days enable row level security;

revoke all on table app.kept_days from public;

UPDATE app.alembic_version SET version_num='0026' WHERE app.alembic_version.version_num = '0025';
