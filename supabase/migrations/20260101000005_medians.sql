-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table serving.order_value_medians (
  shop_id text not null,
  manifest_id uuid not null,
  first_day date not null,
  last_day date not null,
  definition text not null,
  value numeric,
  primary key (shop_id, manifest_id, first_day, last_day, definition),
  foreign key (shop_id, manifest_id) references serving.manifests on delete cascade
);

alter table serving.order_value_medians enable row level security;

revoke all on table serving.order_value_medians from public;

create policy web on serving.order_value_medians to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.order_value_medians to hotdash_web;

UPDATE app.alembic_version SET version_num='0005' WHERE app.alembic_version.version_num = '0004';
