-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

alter table app.decisions
  add column external_ref text,
  add column corrects uuid,
  add column recommendation_id uuid,
  add column idempotency_key text;
create index decisions_by_subject on app.decisions (shop_id, subject, decided_at);
-- The same request twice is one decision.
create unique index decisions_once on app.decisions (shop_id, actor, idempotency_key)
where idempotency_key is not null;

-- A fact that was told with too little is told again, and names the one it stands for.
alter table app.dashboard_facts add column corrects uuid;
create unique index dashboard_facts_corrected_once on app.dashboard_facts (shop_id, corrects)
where corrects is not null;

create table app.recommendations (
  shop_id text not null references app.shops,
  recommendation_id uuid not null,
  kind text not null,
  subject text not null,
  period text not null,
  proposed_by text not null,
  title text not null,
  reason text not null,
  impact_amount numeric(20, 4),
  currency text,
  impact_text text,
  confidence text not null check (confidence in ('high', 'medium', 'low')),
  deadline timestamptz,
  evidence jsonb not null default '[]'::jsonb,
  verb text not null,
  options jsonb not null default '[]'::jsonb,
  features jsonb not null default '{}'::jsonb,
  status text not null
    check (status in ('open', 'snoozed', 'approved', 'rejected', 'expired')),
  rank integer,
  score numeric(20, 4) not null,
  magnitude numeric(20, 4) not null,
  metric text not null,
  measured numeric(20, 4),
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  snoozed_until timestamptz,
  snoozed_magnitude numeric(20, 4),
  closed_at timestamptz,
  decision_id uuid,
  primary key (shop_id, recommendation_id)
);
create unique index recommendations_by_period
on app.recommendations (shop_id, kind, subject, period);
-- Nobody is asked the same thing twice at a time.
create unique index recommendations_asked_once on app.recommendations (shop_id, kind, subject)
where status in ('open', 'snoozed');
create index recommendations_by_rank on app.recommendations (shop_id, status, rank);

create table app.recommendation_events (
  event_id bigint generated always as identity,
  shop_id text not null,
  recommendation_id uuid not null,
  at timestamptz not null,
  event text not null check (event in (
    'proposed', 'changed', 'woken', 'snoozed', 'approved', 'rejected', 'expired')),
  actor text not null,
  rank integer,
  magnitude numeric(20, 4),
  detail jsonb not null default '{}'::jsonb,
  primary key (shop_id, event_id)
);
create index recommendation_events_by_recommendation
on app.recommendation_events (shop_id, recommendation_id, event_id);

create table app.decision_outcomes (
  shop_id text not null references app.shops,
  decision_id uuid not null,
  measured_at timestamptz not null,
  metric text not null,
  before numeric(20, 4),
  after numeric(20, 4),
  verdict text not null check (verdict in ('better', 'same', 'worse', 'unknown')),
  sentence text not null,
  primary key (shop_id, decision_id)
);

-- One row per change of an assignment; the newest says how it stands.
create table app.seo_assignments (
  event_id bigint generated always as identity,
  shop_id text not null references app.shops,
  assignment_id uuid not null,
  at timestamptz not null,
  landing_page text not null,
  assignee text not null,
  state text not null check (state in ('open', 'in_progress', 'done', 'dropped')),
  actor text not null,
  note text,
  decision_id uuid not null,
  primary key (shop_id, event_id)
);
create index seo_assignments_by_assignment
on app.seo_assignments (shop_id, assignment_id, event_id);

create trigger append_only before update or delete on app.decisions
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on app.decisions
for each statement execute function audit.refuse_change();
create trigger append_only before update or delete on app.dashboard_facts
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on app.dashboard_facts
for each statement execute function audit.refuse_change();
create trigger append_only before update or delete on app.recommendation_events
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on app.recommendation_events
for each statement execute function audit.refuse_change();
create trigger append_only before update or delete on app.decision_outcomes
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on app.decision_outcomes
for each statement execute function audit.refuse_change();
create trigger append_only before update or delete on app.seo_assignments
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on app.seo_assignments
for each statement execute function audit.refuse_change();

alter table app.recommendations enable row level security;

revoke all on table app.recommendations from public;

create policy web on app.recommendations to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.recommendations to hotdash_web;

alter table app.recommendation_events enable row level security;

revoke all on table app.recommendation_events from public;

create policy web on app.recommendation_events to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.recommendation_events to hotdash_web;

alter table app.decision_outcomes enable row level security;

revoke all on table app.decision_outcomes from public;

create policy web on app.decision_outcomes to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.decision_outcomes to hotdash_web;

alter table app.seo_assignments enable row level security;

revoke all on table app.seo_assignments from public;

create policy web on app.seo_assignments to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.seo_assignments to hotdash_web;

grant insert (external_ref, corrects, recommendation_id, idempotency_key) on table app.decisions to hotdash_web;

grant insert (shop_id, fact_id, fact_type, version, occurred_at, value, metadata, evidence) on table app.dashboard_facts to hotdash_web;

grant insert (shop_id, assignment_id, at, landing_page, assignee, state, actor, note, decision_id) on table app.seo_assignments to hotdash_web;

-- What a person answers from the web, by their role in this shop. False where it was answered
-- already or their role does not allow it.
create function app.answer_recommendation(
  shop_id text, recommendation_id uuid, answer text, at timestamptz, until timestamptz,
  decision_id uuid, told jsonb
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with answered as (
    update app.recommendations as r
    set
      status = answer_recommendation.answer,
      snoozed_until = case
        when answer_recommendation.answer = 'snoozed' then answer_recommendation.until
      end,
      snoozed_magnitude = case
        when answer_recommendation.answer = 'snoozed' then r.magnitude
      end,
      closed_at = case
        when answer_recommendation.answer <> 'snoozed' then answer_recommendation.at
      end,
      updated_at = answer_recommendation.at,
      decision_id = answer_recommendation.decision_id
    where
      r.shop_id = answer_recommendation.shop_id
      and r.recommendation_id = answer_recommendation.recommendation_id
      and r.status in ('open', 'snoozed')
      and answer_recommendation.answer in ('approved', 'rejected', 'snoozed')
      and exists (
        select from app.memberships as m
        join app.users as u on u.user_id = m.user_id
        where
          m.shop_id = answer_recommendation.shop_id
          and m.user_id = app.my_user()
          and m.role in ('operator', 'manager', 'owner')
          and u.disabled_at is null)
    returning r.shop_id, r.recommendation_id, r.rank, r.magnitude
  ), kept as (
    insert into app.recommendation_events (
      shop_id, recommendation_id, at, event, actor, rank, magnitude, detail)
    select
      answered.shop_id, answered.recommendation_id, answer_recommendation.at,
      answer_recommendation.answer, 'user:' || app.my_user(), answered.rank, answered.magnitude,
      coalesce(answer_recommendation.told, '{}')
    from answered
    returning 1
  )
  select exists (select from kept);
end;

revoke all on function app.answer_recommendation(text, uuid, text, timestamptz, timestamptz, uuid, jsonb) from public;

grant execute on function app.answer_recommendation(text, uuid, text, timestamptz, timestamptz, uuid, jsonb) to hotdash_web;

UPDATE app.alembic_version SET version_num='0016' WHERE app.alembic_version.version_num = '0015';
