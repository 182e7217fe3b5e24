-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- What is expected of a shop's series, as it was told on a day: an older one stays beside what came.
create table app.forecasts (
  shop_id text not null references app.shops,
  subject text not null,
  known_to date not null,
  made_at timestamptz not null,
  publication_id uuid,
  document jsonb not null,
  primary key (shop_id, subject, known_to)
);

-- How long each item lasts and what to order, by the newest forecast alone.
create table app.stock_plans (
  shop_id text not null references app.shops,
  inventory_item_id bigint not null,
  as_of_day date not null,
  made_at timestamptz not null,
  sku text,
  product_title text,
  variant_title text,
  supplier text,
  method text not null,
  is_intermittent boolean not null,
  is_own_range boolean not null,
  available integer not null,
  incoming integer not null,
  lead_time_days integer not null,
  service_percent integer not null,
  pack_size integer not null,
  daily numeric(20, 4) not null,
  expected_28d numeric(20, 4) not null,
  low_28d numeric(20, 4) not null,
  high_28d numeric(20, 4) not null,
  out_on date,
  out_earliest date,
  out_latest date,
  run_out numeric(6, 4) not null,
  run_out_noticed numeric(6, 4) not null,
  is_warned boolean not null,
  units_short numeric(20, 4) not null,
  money_at_risk numeric(20, 4),
  reorder_point integer not null,
  reorder_quantity integer not null,
  order_cost numeric(20, 4),
  overstock_units integer not null,
  overstock_value numeric(20, 4),
  is_dead boolean not null,
  dead_value numeric(20, 4),
  primary key (shop_id, inventory_item_id)
);

alter table app.forecasts enable row level security;

revoke all on table app.forecasts from public;

create policy web on app.forecasts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.forecasts to hotdash_web;

alter table app.stock_plans enable row level security;

revoke all on table app.stock_plans from public;

create policy web on app.stock_plans to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.stock_plans to hotdash_web;

UPDATE app.alembic_version SET version_num='0028' WHERE app.alembic_version.version_num = '0027';
