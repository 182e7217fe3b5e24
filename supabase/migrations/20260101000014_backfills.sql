-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

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

create or replace function audit.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete on audit.backfills
for each row execute function audit.refuse_change();

create trigger append_only_all before truncate on audit.backfills
for each statement execute function audit.refuse_change();

-- As before, and of a backfill its days, the share of its chunks that is done, and when it ends if
-- the rest goes as fast.
drop function app.work_under_way(text);
create function app.work_under_way(asked text) returns table (
  kind text, since timestamptz, first_day date, last_day date, share_done numeric,
  ends_about timestamptz)
language sql stable security definer set search_path = '' as $$
  with backfill as (
    select newest.backfill_id, newest.at, newest.date_from, newest.date_to
    from (
      select distinct on (event.backfill_id) event.*
      from audit.backfills as event
      where event.shop_id = asked
      order by event.backfill_id, event.event_id desc
    ) as newest
    where newest.status = 'running'
    order by newest.at desc
    limit 1
  ), counted as (
    select count(*) as planned,
      count(*) filter (where chunk.status = 'completed') as done,
      min(chunk.started_at) as began,
      max(chunk.finished_at) filter (where chunk.status = 'completed') as reached
    from backfill
    join app.backfill_chunks as chunk
      on chunk.shop_id = asked and chunk.backfill_id = backfill.backfill_id
  ), running as (
    select backfill.*,
      round(counted.done::numeric / nullif(counted.planned, 0), 4) as share_done,
      case when counted.done > 0 then counted.reached
        + (counted.reached - counted.began) / counted.done * (counted.planned - counted.done)
      end as ends_about
    from backfill, counted
  ), work as (
    select
      case
        when run.kind = 'backfill' or build.mode = 'range' or request.detail->>'mode' = 'range'
          then 'backfill'
        when run.kind = 'rebuild' or build.mode = 'full' or request.detail->>'mode' = 'full'
          then 'rebuild'
        else 'run'
      end as kind,
      run.started_at
    from app.runs as run
    left join app.run_steps as request
      on request.run_id = run.run_id and request.step = 'request'
    left join app.builds as build on build.run_id = run.run_id and build.status = 'running'
    where run.status = 'running' and run.shops @> array[asked]
    union all
    select 'backfill', running.at
    from running
    where not exists (
      select from app.runs as run
      where run.status = 'running' and run.kind = 'backfill' and run.shops @> array[asked])
  )
  select work.kind, work.started_at, running.date_from, running.date_to, running.share_done,
    running.ends_about
  from work
  left join running on work.kind = 'backfill'
  where asked = any(array(select app.my_shops()))
  order by work.started_at
$$;

-- What a person may say about a backfill from the web, by their role in this shop. Nobody approves
-- their own, but an owner with nobody beside them, ten minutes later and with the deviation named.
create function app.tell_backfill(
  shop_id text, backfill_id uuid, status text, at timestamptz, told jsonb
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with teller as (
    select u.user_id, 'user:' || u.user_id as actor, m.role
    from app.memberships as m
    join app.users as u on u.user_id = m.user_id
    where m.shop_id = tell_backfill.shop_id
      and m.user_id = app.my_user()
      and u.disabled_at is null
  ), events as (
    select e.* from audit.backfills as e
    where e.shop_id = tell_backfill.shop_id and e.backfill_id = tell_backfill.backfill_id
  ), newest as (
    select e.* from events as e order by e.event_id desc limit 1
  ), requested as (
    select teller.actor as triggered_by, tell_backfill.at as triggered_at,
      (tell_backfill.told->>'date_from')::date as date_from,
      (tell_backfill.told->>'date_to')::date as date_to,
      array(select jsonb_array_elements_text(tell_backfill.told->'models')) as models,
      array(select jsonb_array_elements_text(tell_backfill.told->'sources')) as sources,
      (tell_backfill.told->>'refetch')::boolean as refetch,
      tell_backfill.told->>'reason' as reason,
      tell_backfill.told->>'environment' as environment,
      tell_backfill.told->>'plan_hash' as plan_hash,
      null::text as approved_by,
      tell_backfill.told->>'incident_ref' as incident_ref,
      null::text as deviation
    from teller
    where tell_backfill.status = 'requested'
      and teller.role in ('analyst', 'engineer', 'owner')
      and not exists (select from events)
      and exists (
        select from app.backfill_plans as plan
        where plan.shop_id = tell_backfill.shop_id
          and plan.plan_id = tell_backfill.backfill_id
          and plan.plan_hash = tell_backfill.told->>'plan_hash'
          and plan.expires_at > tell_backfill.at)
  ), answered as (
    select newest.triggered_by, newest.triggered_at, newest.date_from, newest.date_to,
      newest.models, newest.sources, newest.refetch, newest.reason, newest.environment,
      newest.plan_hash,
      case when tell_backfill.status = 'approved' then teller.actor else newest.approved_by end,
      coalesce(tell_backfill.told->>'incident_ref', newest.incident_ref),
      tell_backfill.told->>'deviation'
    from teller, newest
    where case tell_backfill.status
      when 'approved' then newest.status = 'requested'
        and teller.role in ('manager', 'owner')
        and (teller.actor <> newest.triggered_by or (
          teller.role = 'owner'
          and tell_backfill.told->>'deviation' is not null
          and tell_backfill.at >= newest.at + interval '10 minutes'
          and not exists (
            select from app.memberships as other
            join app.users as u on u.user_id = other.user_id
            where other.shop_id = tell_backfill.shop_id
              and other.user_id <> teller.user_id
              and other.role in ('manager', 'owner')
              and u.disabled_at is null)))
      when 'refused' then newest.status = 'requested' and teller.role in ('manager', 'owner')
      when 'aborted' then newest.status in ('requested', 'approved')
        and (teller.role in ('engineer', 'manager', 'owner')
             or teller.actor = newest.triggered_by)
      else false
    end
  ), kept as (
    insert into audit.backfills (
      shop_id, backfill_id, at, status, triggered_by, triggered_at, date_from, date_to, models,
      sources, refetch, reason, environment, plan_hash, approved_by, incident_ref, deviation,
      detail)
    select tell_backfill.shop_id, tell_backfill.backfill_id, tell_backfill.at,
      tell_backfill.status, said.*,
      coalesce(tell_backfill.told->'detail', '{}') || jsonb_build_object('by', teller.actor)
    from (select * from requested union all select * from answered) as said, teller
    returning 1
  )
  select exists (select from kept);
end;

alter table app.backfill_plans enable row level security;

revoke all on table app.backfill_plans from public;

create policy web on app.backfill_plans to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.backfill_plans to hotdash_web;

alter table app.backfill_chunks enable row level security;

revoke all on table app.backfill_chunks from public;

create policy web on app.backfill_chunks to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.backfill_chunks to hotdash_web;

alter table app.backfill_diffs enable row level security;

revoke all on table app.backfill_diffs from public;

create policy web on app.backfill_diffs to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.backfill_diffs to hotdash_web;

alter table audit.backfills enable row level security;

revoke all on table audit.backfills from public;

create policy web on audit.backfills to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table audit.backfills to hotdash_web;

revoke all on function app.work_under_way(text) from public;

grant execute on function app.work_under_way(text) to hotdash_web;

revoke all on function app.tell_backfill(text, uuid, text, timestamptz, jsonb) from public;

grant execute on function app.tell_backfill(text, uuid, text, timestamptz, jsonb) to hotdash_web;

UPDATE app.alembic_version SET version_num='0014' WHERE app.alembic_version.version_num = '0013';
