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
