create table if not exists public.decisions (
  shop_id text not null,
  decision_id uuid not null,
  scope text not null,
  action text not null,
  actor text not null,
  subject text not null,
  rationale text not null,
  detail jsonb not null,
  decided_at timestamptz not null,
  request_id text,
  external_ref text,
  corrects uuid,
  recommendation_id uuid,
  primary key (shop_id, decision_id)
);

create table if not exists public.dashboard_facts (
  shop_id text not null,
  fact_id uuid not null,
  fact_type text not null,
  version integer not null,
  occurred_at timestamptz not null,
  value numeric(20, 4),
  metadata jsonb not null,
  evidence text,
  corrects uuid,
  primary key (shop_id, fact_id)
);

-- Without a policy only the service key reads and writes: what people decided is not for every visitor.
alter table public.decisions enable row level security;
alter table public.dashboard_facts enable row level security;

-- New tables are not open to the Data API by themselves.
revoke all on table public.decisions, public.dashboard_facts from anon, authenticated;
grant usage on schema public to service_role;
grant select, insert, update on table public.decisions, public.dashboard_facts to service_role;

notify pgrst, 'reload schema';
