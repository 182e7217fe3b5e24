-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table app.operating_settings (
  shop_id text not null references app.shops,
  setting text not null,
  applies_to text not null check (applies_to in ('vendor', 'sku', 'carrier', 'action', 'shop')),
  subject text not null check ((applies_to = 'shop') = (subject = '')),
  effective_from date not null check (effective_from >= date '2000-01-01'),
  decided_at timestamptz not null default now(),
  value bigint not null check (value between 0 and 1000000000000),
  decided_by text not null,
  reason text not null,
  primary key (shop_id, setting, applies_to, subject, effective_from, decided_at)
);

create table app.dashboard_facts (
  shop_id text not null references app.shops,
  fact_id uuid not null,
  fact_type text not null,
  version integer not null check (version >= 1),
  occurred_at timestamptz not null,
  value numeric(20, 4),
  metadata jsonb not null default '{}'::jsonb,
  evidence text,
  primary key (shop_id, fact_id)
);
create index dashboard_facts_by_type on app.dashboard_facts (shop_id, fact_type, occurred_at);

alter table app.operating_settings enable row level security;

revoke all on table app.operating_settings from public;

create policy web on app.operating_settings to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.operating_settings to hotdash_web;

alter table app.dashboard_facts enable row level security;

revoke all on table app.dashboard_facts from public;

create policy web on app.dashboard_facts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.dashboard_facts to hotdash_web;

UPDATE app.alembic_version SET version_num='0009' WHERE app.alembic_version.version_num = '0008';
