-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table app.exchange_rates (
  shop_id text not null references app.shops,
  day date not null check (day >= date '2000-01-01'),
  base text not null check (base ~ '^[A-Z]{3}$'),
  quote text not null check (quote ~ '^[A-Z]{3}$' and quote <> base),
  imported_at timestamptz not null default now(),
  rate numeric(18, 10) not null check (rate > 0),
  imported_by text not null,
  primary key (shop_id, base, quote, day, imported_at)
);

alter table app.exchange_rates enable row level security;

revoke all on table app.exchange_rates from public;

create policy web on app.exchange_rates to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.exchange_rates to hotdash_web;

UPDATE app.alembic_version SET version_num='0010' WHERE app.alembic_version.version_num = '0009';
