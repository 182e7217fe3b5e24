-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

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

alter table app.freshness_limits enable row level security;

revoke all on table app.freshness_limits from public;

create policy web on app.freshness_limits to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.freshness_limits to hotdash_web;

alter table app.check_overrides enable row level security;

revoke all on table app.check_overrides from public;

create policy web on app.check_overrides to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.check_overrides to hotdash_web;

alter table app.scorecard_days enable row level security;

revoke all on table app.scorecard_days from public;

create policy web on app.scorecard_days to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.scorecard_days to hotdash_web;

alter table app.labelled_incidents enable row level security;

revoke all on table app.labelled_incidents from public;

create policy web on app.labelled_incidents to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.labelled_incidents to hotdash_web;

grant insert (shop_id, override_id, check_name, decided_at, decided_by, reason, expires_at, revokes) on table app.check_overrides to hotdash_web;

drop view api.published_marts;

create view api.published_marts with (security_invoker = true) as 
    select mart.shop_id, mart.mart, mart.build_id, mart.as_of, pointer.manifest_id,
      pointer.moved_at as published_at, pointer.pinned_at,
      latest.outcome as last_outcome, latest.reasons as last_reasons, latest.at as last_told_at
    from serving.published as pointer
    join serving.manifest_marts as mart
      on mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id
    left join lateral (
      select told.outcome, told.reasons, told.at
      from app.publication_outcomes as told
      where told.shop_id = mart.shop_id and told.mart = mart.mart
      order by told.at desc, told.build_id desc
      limit 1
    ) as latest on true;

revoke all on table api.published_marts from public;

grant select on table api.published_marts to hotdash_web;

UPDATE app.alembic_version SET version_num='0011' WHERE app.alembic_version.version_num = '0010';
