create table app.shops (
  shop_id text primary key check (shop_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  vendor_domain text not null,
  timezone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  plan_tier text,
  created_at timestamptz not null default now()
);

create table app.users (
  user_id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);

create table app.memberships (
  shop_id text not null references app.shops on delete cascade,
  user_id uuid not null references app.users on delete cascade,
  role text not null
    check (role in ('viewer', 'operator', 'analyst', 'engineer', 'manager', 'owner')),
  created_at timestamptz not null default now(),
  primary key (shop_id, user_id)
);
create index memberships_by_user on app.memberships (user_id, shop_id);

create table app.sessions (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  user_id uuid not null references app.users on delete cascade,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_user on app.sessions (user_id);

create table app.sign_in_links (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  user_id uuid not null references app.users on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_links_by_user on app.sign_in_links (user_id);

create table app.sign_in_attempts (
  attempt_id bigint generated always as identity primary key,
  email_hash bytea not null check (octet_length(email_hash) = 32),
  address text not null,
  at timestamptz not null,
  succeeded boolean not null
);
create index sign_in_attempts_by_account on app.sign_in_attempts (email_hash, at);
create index sign_in_attempts_by_address on app.sign_in_attempts (address, at);

create table app.credentials (
  shop_id text not null references app.shops,
  vendor text not null,
  ciphertext bytea not null,
  updated_at timestamptz not null default now(),
  primary key (shop_id, vendor)
);

create table app.metric_policies (
  shop_id text not null references app.shops,
  policy text not null,
  effective_from date not null,
  decided_at timestamptz not null default now(),
  value text not null,
  decided_by text not null,
  reason text not null,
  primary key (shop_id, policy, effective_from, decided_at)
);

create table app.runs (
  run_id uuid primary key,
  warehouse text not null,
  kind text not null,
  status text not null check (status in ('running', 'completed', 'failed')),
  started_at timestamptz not null,
  finished_at timestamptz,
  error text,
  shops text[] not null default '{}'::text[]
);
create index runs_by_start on app.runs (started_at);
create index runs_by_shop on app.runs using gin (shops);

create table app.run_steps (
  run_id uuid not null references app.runs on delete cascade,
  step text not null,
  status text not null check (status in ('running', 'completed', 'failed', 'skipped')),
  attempt integer not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  detail jsonb not null default '{}'::jsonb,
  error text,
  primary key (run_id, step)
);

create table app.lease_holders (
  warehouse text primary key,
  holder text not null,
  run_id uuid,
  pid integer not null,
  host text not null,
  taken_at timestamptz not null
);

create table app.builds (
  build_id uuid primary key,
  run_id uuid not null references app.runs on delete cascade,
  as_of timestamptz not null,
  mode text not null check (mode in ('incremental', 'full', 'range')),
  reason text,
  started_at timestamptz not null,
  finished_at timestamptz,
  status text not null check (status in ('running', 'completed', 'failed'))
);
create index builds_by_run on app.builds (run_id);

create table app.build_models (
  build_id uuid not null references app.builds on delete cascade,
  model text not null,
  status text not null,
  seconds double precision not null,
  rows bigint,
  primary key (build_id, model)
);

create table app.check_results (
  shop_id text not null references app.shops,
  build_id uuid not null,
  check_name text not null,
  severity text not null check (severity in ('blocking', 'warning')),
  status text not null,
  marts text[] not null default '{}'::text[],
  failing_rows bigint not null,
  sentence text not null,
  mend text not null,
  owner text not null,
  sample jsonb not null default '[]'::jsonb,
  at timestamptz not null,
  primary key (shop_id, build_id, check_name)
);
create index check_results_by_time on app.check_results (shop_id, at);

create table app.publication_outcomes (
  shop_id text not null references app.shops,
  build_id uuid not null,
  mart text not null,
  outcome text not null check (outcome in ('published', 'unchanged', 'blocked', 'pinned')),
  reasons text[] not null default '{}'::text[],
  manifest_id uuid,
  at timestamptz not null,
  primary key (shop_id, build_id, mart)
);
create index publication_outcomes_by_time on app.publication_outcomes (shop_id, at);

create table app.freshness (
  shop_id text not null references app.shops,
  source text not null,
  complete_through timestamptz not null,
  updated_at timestamptz not null default now(),
  primary key (shop_id, source)
);

create table app.decisions (
  shop_id text not null references app.shops,
  decision_id uuid not null,
  scope text not null,
  action text not null,
  actor text not null,
  subject text not null,
  rationale text not null,
  detail jsonb not null default '{}'::jsonb,
  decided_at timestamptz not null default now(),
  request_id text,
  primary key (shop_id, decision_id)
);
create index decisions_by_time on app.decisions (shop_id, decided_at);

create table audit.events (
  event_id bigint generated always as identity primary key,
  shop_id text,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null default '{}'::jsonb,
  request_id text
);
create index events_by_time on audit.events (shop_id, at);
