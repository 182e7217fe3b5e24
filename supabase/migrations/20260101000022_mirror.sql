-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- Which of our decisions and facts a mirror has: one row each, entered by the transaction that adds it.
create table app.mirror_outbox (
  shop_id text not null references app.shops,
  entity text not null check (entity in ('decisions', 'dashboard_facts')),
  entity_id uuid not null,
  position bigint generated always as identity,
  status text not null default 'waiting' check (status in ('waiting', 'sent', 'dead')),
  entered_at timestamptz not null default now(),
  due_at timestamptz,
  attempts integer not null default 0,
  attempted_at timestamptz,
  refusals integer not null default 0,
  code text,
  reason text,
  settled_at timestamptz,
  primary key (shop_id, entity, entity_id)
);
create index mirror_outbox_waiting on app.mirror_outbox (position) where status = 'waiting';
create index dashboard_facts_rate_limits on app.dashboard_facts (occurred_at)
where fact_type = 'ops.rate_limit.window';
create index mirror_outbox_dead on app.mirror_outbox (position) where status = 'dead';

-- The project that is written to, with its key sealed, and how it stands.
create table app.mirrors (
  name text primary key,
  url text not null,
  ciphertext bytea not null,
  connected_at timestamptz not null,
  state text not null check (state in (
    'untried', 'working', 'key_refused', 'tables_differ', 'not_granted', 'wrong_address',
    'throttled', 'unreachable')),
  since timestamptz not null,
  code text,
  reason text,
  mend text,
  failures integer not null default 0,
  resumes_at timestamptz,
  tables_checked_at timestamptz,
  written_at timestamptz
);

insert into app.mirror_outbox (shop_id, entity, entity_id)
select known.shop_id, known.entity, known.entity_id
from (
  select shop_id, 'decisions' as entity, decision_id as entity_id, decided_at as at
  from app.decisions
  union all
  select shop_id, 'dashboard_facts' as entity, fact_id as entity_id, occurred_at as at
  from app.dashboard_facts
) as known
order by known.at, known.entity_id;

-- Whoever may add a decision or a fact need not be allowed to write here.
create function app.enter_decisions() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into app.mirror_outbox (shop_id, entity, entity_id)
  select added.shop_id, 'decisions', added.decision_id from added
  on conflict do nothing;
  return null;
end
$$;

create function app.enter_facts() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into app.mirror_outbox (shop_id, entity, entity_id)
  select added.shop_id, 'dashboard_facts', added.fact_id from added
  on conflict do nothing;
  return null;
end
$$;

create trigger enters_mirror after insert on app.decisions
referencing new table as added
for each statement execute function app.enter_decisions();

create trigger enters_mirror after insert on app.dashboard_facts
referencing new table as added
for each statement execute function app.enter_facts();

alter table app.mirror_outbox enable row level security;

revoke all on table app.mirror_outbox from public;

alter table app.mirrors enable row level security;

revoke all on table app.mirrors from public;

revoke all on function app.enter_decisions() from public;

revoke all on function app.enter_facts() from public;

UPDATE app.alembic_version SET version_num='0022' WHERE app.alembic_version.version_num = '0021';
