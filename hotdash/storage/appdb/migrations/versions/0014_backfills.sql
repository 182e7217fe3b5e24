-- One row per event and shop; the newest says how a backfill of this shop stands.
create table audit.backfills (
  event_id bigint generated always as identity primary key,
  shop_id text not null,
  backfill_id uuid not null,
  at timestamptz not null,
  status text not null check (status in (
    'requested', 'approved', 'refused', 'running', 'completed', 'failed', 'rolled_back',
    'aborted')),
  triggered_by text not null,
  triggered_at timestamptz not null,
  date_from date not null,
  date_to date not null check (date_to >= date_from),
  models text[] not null default '{}'::text[],
  sources text[] not null default '{}'::text[],
  refetch boolean not null,
  reason text not null,
  environment text not null,
  plan_hash text not null,
  approved_by text,
  incident_ref text,
  deviation text,
  rows_affected bigint,
  duration_seconds numeric(12, 3),
  diff_id uuid,
  manifest_before uuid,
  manifest_after uuid,
  detail jsonb not null default '{}'::jsonb
);
create index backfills_by_shop on audit.backfills (shop_id, backfill_id, event_id);

create table app.backfill_plans (
  shop_id text not null references app.shops,
  plan_id uuid not null,
  plan_hash text not null,
  made_at timestamptz not null,
  made_by text not null,
  plan jsonb not null,
  expires_at timestamptz not null,
  primary key (shop_id, plan_id)
);

create table app.backfill_chunks (
  shop_id text not null references app.shops,
  backfill_id uuid not null,
  chunk text not null,
  status text not null check (status in ('waiting', 'running', 'completed', 'failed')),
  rows bigint,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (shop_id, backfill_id, chunk)
);

create table app.backfill_diffs (
  shop_id text not null references app.shops,
  diff_id uuid not null,
  metric text not null,
  version text not null,
  day date not null,
  currency text not null default '',
  before numeric,
  after numeric,
  primary key (shop_id, diff_id, metric, version, day, currency)
);
