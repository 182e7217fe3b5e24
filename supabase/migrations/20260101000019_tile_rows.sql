-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table serving.tile_rows (
  shop_id text not null,
  manifest_id uuid not null,
  tile text not null,
  span text not null,
  compared text not null,
  found text not null,
  primary key (shop_id, manifest_id, tile, span, compared),
  foreign key (shop_id, manifest_id) references serving.manifests on delete cascade
);

alter table serving.tile_rows enable row level security;

revoke all on table serving.tile_rows from public;

create policy web on serving.tile_rows to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.tile_rows to hotdash_web;

UPDATE app.alembic_version SET version_num='0019' WHERE app.alembic_version.version_num = '0018';
