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
