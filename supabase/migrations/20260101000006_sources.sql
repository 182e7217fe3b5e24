-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table app.api_calls (
  shop_id text not null references app.shops,
  call_id bigint generated always as identity,
  at timestamptz not null,
  run_id uuid,
  vendor text not null,
  operation text not null,
  status text not null,
  seconds double precision not null check (seconds >= 0),
  retries bigint not null check (retries >= 0),
  cost bigint,
  throttle double precision,
  primary key (shop_id, call_id)
);
create index api_calls_by_time on app.api_calls (shop_id, at);
create index api_calls_by_run on app.api_calls (run_id) where run_id is not null;
create index api_calls_by_age on app.api_calls using brin (at);

create table app.api_call_hours (
  shop_id text not null references app.shops,
  vendor text not null,
  operation text not null,
  hour timestamptz not null,
  calls bigint not null,
  failed bigint not null,
  retried bigint not null,
  throttled bigint not null,
  seconds double precision not null,
  slowest double precision not null,
  cost bigint not null,
  primary key (shop_id, vendor, operation, hour)
);

create table app.source_states (
  shop_id text not null references app.shops,
  source text not null,
  state text not null check (state in ('working', 'failing', 'rejected')),
  since timestamptz not null,
  failures bigint not null default 0,
  retry_at timestamptz,
  code text,
  reason text,
  hint text,
  seen_at timestamptz not null,
  primary key (shop_id, source)
);

create table app.schema_drifts (
  shop_id text not null references app.shops,
  drift_id uuid not null,
  source text not null,
  table_name text not null,
  kind text not null check (
    kind in ('added', 'dropped', 'retyped', 'renamed', 'new_value', 'deprecated', 'version_ending')
  ),
  field text not null,
  detail text not null,
  impact text not null check (impact in ('Critical', 'High', 'Medium', 'Low')),
  affected_models text[] not null default '{}',
  action text not null,
  owner text not null,
  detected_at timestamptz not null,
  last_seen_at timestamptz not null,
  target_date date not null,
  next_review date not null,
  evidence jsonb not null default '{}',
  closed_at timestamptz,
  closed_because text,
  primary key (shop_id, drift_id)
);
create unique index schema_drifts_open on app.schema_drifts
  (shop_id, source, table_name, kind, field, detail) where closed_at is null;

alter table app.api_calls enable row level security;

revoke all on table app.api_calls from public;

create policy web on app.api_calls to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.api_calls to hotdash_web;

alter table app.api_call_hours enable row level security;

revoke all on table app.api_call_hours from public;

create policy web on app.api_call_hours to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.api_call_hours to hotdash_web;

alter table app.source_states enable row level security;

revoke all on table app.source_states from public;

create policy web on app.source_states to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.source_states to hotdash_web;

alter table app.schema_drifts enable row level security;

revoke all on table app.schema_drifts from public;

create policy web on app.schema_drifts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.schema_drifts to hotdash_web;

UPDATE app.alembic_version SET version_num='0006' WHERE app.alembic_version.version_num = '0005';
