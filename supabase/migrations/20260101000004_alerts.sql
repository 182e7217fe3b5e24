-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table app.alerts (
  shop_id text not null references app.shops,
  alert_id uuid not null,
  check_name text not null,
  severity text not null check (severity in ('blocking', 'warning')),
  build_id uuid not null,
  sentence text not null,
  mend text not null,
  owner text not null,
  opened_at timestamptz not null,
  opening_told_at timestamptz,
  resolved_at timestamptz,
  resolving_told_at timestamptz,
  primary key (shop_id, alert_id)
);
create unique index alerts_open on app.alerts (shop_id, check_name) where resolved_at is null;
create index alerts_untold on app.alerts (shop_id)
  where opening_told_at is null or (resolved_at is not null and resolving_told_at is null);

alter table app.alerts enable row level security;

revoke all on table app.alerts from public;

create policy web on app.alerts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.alerts to hotdash_web;

UPDATE app.alembic_version SET version_num='0004' WHERE app.alembic_version.version_num = '0003';
