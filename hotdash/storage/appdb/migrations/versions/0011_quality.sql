alter table app.check_results
  drop constraint check_results_severity_check,
  add constraint check_results_severity_check
    check (severity in ('blocking', 'warning', 'info')),
  add column dimension text check (dimension in (
    'completeness', 'accuracy', 'timeliness', 'validity', 'uniqueness', 'consistency')),
  add column sources text[] not null default '{}'::text[],
  add column override_id uuid;

create table app.freshness_limits (
  shop_id text not null references app.shops,
  source text not null,
  decided_at timestamptz not null,
  soft_minutes integer not null check (soft_minutes >= 1),
  hard_minutes integer not null check (hard_minutes >= soft_minutes),
  decided_by text not null,
  reason text not null,
  primary key (shop_id, source, decided_at)
);

create table app.check_overrides (
  shop_id text not null references app.shops,
  override_id uuid not null,
  check_name text not null,
  decided_at timestamptz not null,
  decided_by text not null,
  reason text not null,
  expires_at timestamptz not null check (expires_at >= decided_at),
  revokes uuid,
  primary key (shop_id, override_id)
);
create index check_overrides_by_check on app.check_overrides (shop_id, check_name, decided_at);

create table app.scorecard_days (
  shop_id text not null references app.shops,
  source text not null,
  dimension text not null check (dimension in (
    'completeness', 'accuracy', 'timeliness', 'validity', 'uniqueness', 'consistency')),
  day date not null,
  score numeric(5, 4) not null check (score between 0 and 1),
  asked bigint not null,
  failed bigint not null,
  detail jsonb not null default '{}'::jsonb,
  primary key (shop_id, source, dimension, day)
);

create table app.labelled_incidents (
  shop_id text not null references app.shops,
  incident_id uuid not null,
  series text not null,
  first_day date not null,
  last_day date not null check (last_day >= first_day),
  told text not null,
  labelled_by text not null,
  at timestamptz not null,
  withdrawn_at timestamptz,
  primary key (shop_id, incident_id)
);

alter table serving.manifests add column keep_until timestamptz;
