-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

alter table app.alerts
  drop constraint alerts_severity_check,
  add constraint alerts_severity_check check (severity in ('blocking', 'warning', 'info')),
  alter column build_id drop not null,
  add column kind text not null default 'check'
    check (kind in ('check', 'job', 'backfill', 'digest')),
  add column runbook text,
  add column group_key text;

create table app.alert_events (
  shop_id text not null,
  event_id uuid not null,
  alert_id uuid not null,
  at timestamptz not null,
  event text not null check (event in (
    'acknowledged', 'snoozed', 'resolved', 'false_alarm', 'auto_resolved', 'escalated')),
  actor text not null,
  note text,
  until timestamptz,
  primary key (shop_id, event_id),
  foreign key (shop_id, alert_id) references app.alerts
);
create index alert_events_by_alert on app.alert_events (shop_id, alert_id, at);

create table app.alert_deliveries (
  shop_id text not null,
  delivery_id uuid not null,
  alert_id uuid not null,
  channel text not null,
  message_key text not null,
  group_id uuid,
  attempt integer not null,
  at timestamptz not null,
  status text not null check (status in ('attempted', 'delivered', 'failed', 'held')),
  error text,
  primary key (shop_id, delivery_id),
  foreign key (shop_id, alert_id) references app.alerts
);
create index alert_deliveries_by_alert on app.alert_deliveries (shop_id, alert_id, at);
create unique index alert_deliveries_once on app.alert_deliveries (message_key, channel)
  where status = 'delivered';

-- Where messages go, with the keys to it sealed; the rules name a channel and hold no key.
create table app.alert_channels (
  name text primary key,
  kind text not null,
  ciphertext bytea not null,
  settings jsonb not null default '{}'::jsonb,
  updated_at timestamptz not null
);

alter table app.alert_events enable row level security;

revoke all on table app.alert_events from public;

create policy web on app.alert_events to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.alert_events to hotdash_web;

alter table app.alert_deliveries enable row level security;

revoke all on table app.alert_deliveries from public;

create policy web on app.alert_deliveries to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.alert_deliveries to hotdash_web;

grant insert (shop_id, event_id, alert_id, at, event, actor, note, until) on table app.alert_events to hotdash_web;

alter table app.alert_channels enable row level security;

revoke all on table app.alert_channels from public;

UPDATE app.alembic_version SET version_num='0012' WHERE app.alembic_version.version_num = '0011';
