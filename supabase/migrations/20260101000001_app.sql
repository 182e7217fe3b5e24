-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create schema if not exists app;

CREATE TABLE app.alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'hotdash_web') then
    create role hotdash_web nologin nosuperuser nocreatedb nocreaterole noinherit;
  end if;
  -- Only where one login does everything must the owner be able to take the web role.
  if not pg_catalog.pg_has_role(current_user, 'hotdash_web', case
    when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member'
  end) then
    begin
      execute pg_catalog.format('grant hotdash_web to %I', current_user);
    exception when insufficient_privilege then
      raise notice 'the owner may not take the role hotdash_web; give the web server a login of its own';
    end;
  end if;
end
$$;

create schema if not exists app;

revoke all on schema app from public;

grant usage on schema app to hotdash_web;

create schema if not exists audit;

revoke all on schema audit from public;

grant usage on schema audit to hotdash_web;

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

create function app.my_user() returns uuid
language sql stable set search_path = ''
return nullif(current_setting('hotdash.user_id', true), '')::uuid;

create function app.my_shops() returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select m.shop_id
  from app.memberships as m
  join app.users as u using (user_id)
  where m.user_id = app.my_user() and u.disabled_at is null;
end;

create function app.sign_in_account(email text)
returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.password_hash
  from app.users as u
  where u.email = lower(sign_in_account.email) and u.disabled_at is null;
end;

create function app.open_session(
  token_hash bytea, user_id uuid, at timestamptz, expires_at timestamptz
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with opened as (
    insert into app.sessions (token_hash, user_id, created_at, last_seen_at, expires_at)
    select open_session.token_hash, u.user_id, open_session.at, open_session.at,
           open_session.expires_at
    from app.users as u
    where u.user_id = open_session.user_id and u.disabled_at is null
    returning 1
  )
  select exists (select from opened);
end;

create function app.signed_in(token_hash bytea, at timestamptz)
returns table (user_id uuid, name text, email text, last_seen_at timestamptz,
               expires_at timestamptz, roles jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.name, u.email, s.last_seen_at, s.expires_at,
         coalesce(
           (select jsonb_object_agg(m.shop_id, m.role)
            from app.memberships as m where m.user_id = u.user_id),
           '{}'::jsonb)
  from app.sessions as s
  join app.users as u using (user_id)
  where s.token_hash = signed_in.token_hash
    and s.expires_at > signed_in.at
    and u.disabled_at is null;
end;

create function app.touch_session(token_hash bytea, at timestamptz) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.sessions as s set last_seen_at = touch_session.at
  where s.token_hash = touch_session.token_hash and s.last_seen_at < touch_session.at;
end;

create function app.close_session(token_hash bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.sessions as s where s.token_hash = close_session.token_hash;
end;

create function app.redeem_link(token_hash bytea, at timestamptz) returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  update app.sign_in_links as l set used_at = redeem_link.at
  from app.users as u
  where l.token_hash = redeem_link.token_hash
    and l.used_at is null
    and l.expires_at > redeem_link.at
    and u.user_id = l.user_id
    and u.disabled_at is null
  returning l.user_id;
end;

create function app.record_attempt(
  email_hash bytea, address text, at timestamptz, succeeded boolean
) returns void
language sql volatile security definer set search_path = ''
begin atomic
  insert into app.sign_in_attempts (email_hash, address, at, succeeded)
  values (record_attempt.email_hash, record_attempt.address, record_attempt.at,
          record_attempt.succeeded);
end;

create function app.failed_attempts(email_hash bytea, address text, since timestamptz)
returns table (of_account bigint, of_address bigint)
language sql stable security definer set search_path = ''
begin atomic
  select
    (select count(*) from app.sign_in_attempts as a
     where a.email_hash = failed_attempts.email_hash and a.at > greatest(
       failed_attempts.since,
       (select max(s.at) from app.sign_in_attempts as s
        where s.email_hash = failed_attempts.email_hash and s.succeeded))
     and not a.succeeded),
    (select count(*) from app.sign_in_attempts as a
     where a.address = failed_attempts.address and a.at > failed_attempts.since
       and not a.succeeded);
end;

create function app.set_my_password(password_hash text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.users as u set password_hash = set_my_password.password_hash
  where u.user_id = app.my_user();
end;

create function audit.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'audit.events is append-only: % is refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete on audit.events
for each row execute function audit.refuse_change();

create trigger append_only_all before truncate on audit.events
for each statement execute function audit.refuse_change();

revoke all on function app.my_user() from public;

grant execute on function app.my_user() to hotdash_web;

revoke all on function app.my_shops() from public;

grant execute on function app.my_shops() to hotdash_web;

revoke all on function app.sign_in_account(text) from public;

grant execute on function app.sign_in_account(text) to hotdash_web;

revoke all on function app.open_session(bytea, uuid, timestamptz, timestamptz) from public;

grant execute on function app.open_session(bytea, uuid, timestamptz, timestamptz) to hotdash_web;

revoke all on function app.signed_in(bytea, timestamptz) from public;

grant execute on function app.signed_in(bytea, timestamptz) to hotdash_web;

revoke all on function app.touch_session(bytea, timestamptz) from public;

grant execute on function app.touch_session(bytea, timestamptz) to hotdash_web;

revoke all on function app.close_session(bytea) from public;

grant execute on function app.close_session(bytea) to hotdash_web;

revoke all on function app.redeem_link(bytea, timestamptz) from public;

grant execute on function app.redeem_link(bytea, timestamptz) to hotdash_web;

revoke all on function app.record_attempt(bytea, text, timestamptz, boolean) from public;

grant execute on function app.record_attempt(bytea, text, timestamptz, boolean) to hotdash_web;

revoke all on function app.failed_attempts(bytea, text, timestamptz) from public;

grant execute on function app.failed_attempts(bytea, text, timestamptz) to hotdash_web;

revoke all on function app.set_my_password(text) from public;

grant execute on function app.set_my_password(text) to hotdash_web;

revoke all on function audit.refuse_change() from public;

alter table app.shops enable row level security;

revoke all on table app.shops from public;

create policy web on app.shops to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.shops to hotdash_web;

alter table app.memberships enable row level security;

revoke all on table app.memberships from public;

create policy web on app.memberships to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.memberships to hotdash_web;

alter table app.metric_policies enable row level security;

revoke all on table app.metric_policies from public;

create policy web on app.metric_policies to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.metric_policies to hotdash_web;

alter table app.check_results enable row level security;

revoke all on table app.check_results from public;

create policy web on app.check_results to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.check_results to hotdash_web;

alter table app.publication_outcomes enable row level security;

revoke all on table app.publication_outcomes from public;

create policy web on app.publication_outcomes to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.publication_outcomes to hotdash_web;

alter table app.freshness enable row level security;

revoke all on table app.freshness from public;

create policy web on app.freshness to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.freshness to hotdash_web;

alter table app.decisions enable row level security;

revoke all on table app.decisions from public;

create policy web on app.decisions to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.decisions to hotdash_web;

alter table audit.events enable row level security;

revoke all on table audit.events from public;

create policy web on audit.events to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table audit.events to hotdash_web;

alter table app.credentials enable row level security;

revoke all on table app.credentials from public;

create policy web on app.credentials to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

alter table app.alembic_version enable row level security;

revoke all on table app.alembic_version from public;

alter table app.users enable row level security;

revoke all on table app.users from public;

alter table app.sessions enable row level security;

revoke all on table app.sessions from public;

alter table app.sign_in_links enable row level security;

revoke all on table app.sign_in_links from public;

alter table app.sign_in_attempts enable row level security;

revoke all on table app.sign_in_attempts from public;

alter table app.lease_holders enable row level security;

revoke all on table app.lease_holders from public;

alter table app.runs enable row level security;

revoke all on table app.runs from public;

create policy web on app.runs to hotdash_web using (shops && array(select app.my_shops())) with check (shops && array(select app.my_shops()));

alter table app.run_steps enable row level security;

revoke all on table app.run_steps from public;

create policy web on app.run_steps to hotdash_web using (exists (select from app.runs as parent where parent.run_id = run_steps.run_id)) with check (exists (select from app.runs as parent where parent.run_id = run_steps.run_id));

alter table app.builds enable row level security;

revoke all on table app.builds from public;

create policy web on app.builds to hotdash_web using (exists (select from app.runs as parent where parent.run_id = builds.run_id)) with check (exists (select from app.runs as parent where parent.run_id = builds.run_id));

alter table app.build_models enable row level security;

revoke all on table app.build_models from public;

create policy web on app.build_models to hotdash_web using (exists (select from app.builds as parent where parent.build_id = build_models.build_id)) with check (exists (select from app.builds as parent where parent.build_id = build_models.build_id));

grant select (run_id, kind, status, started_at, finished_at) on table app.runs to hotdash_web;

grant select (run_id, step, status, attempt, started_at, finished_at) on table app.run_steps to hotdash_web;

grant select (build_id, run_id, as_of, mode, started_at, finished_at, status) on table app.builds to hotdash_web;

grant select (build_id, model, status, seconds) on table app.build_models to hotdash_web;

grant insert (shop_id, decision_id, scope, action, actor, subject, rationale, detail, decided_at, request_id) on table app.decisions to hotdash_web;

grant insert (shop_id, at, actor, action, subject, detail, request_id) on table audit.events to hotdash_web;

grant usage on schema app, audit to hotdash_web;

INSERT INTO app.alembic_version (version_num) VALUES ('0001') RETURNING app.alembic_version.version_num;
