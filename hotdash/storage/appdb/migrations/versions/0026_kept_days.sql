-- The policy as the worker last read it in its home: pg_cron lets nothing go of which no row says how long.
create table app.kept_days (
  name text primary key,
  days integer not null,
  noted_at timestamptz not null
);
