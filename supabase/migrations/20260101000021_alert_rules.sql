-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- A shop's own alert rules. Each change is a row of its own; the newest holds, and null means the file again.
create table app.alert_rules (
  shop_id text not null references app.shops,
  entry_id uuid not null,
  at timestamptz not null,
  actor text not null,
  reason text not null,
  rules jsonb,
  primary key (shop_id, entry_id)
);

alter table app.alert_rules enable row level security;

revoke all on table app.alert_rules from public;

create policy web on app.alert_rules to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.alert_rules to hotdash_web;

UPDATE app.alembic_version SET version_num='0021' WHERE app.alembic_version.version_num = '0020';
