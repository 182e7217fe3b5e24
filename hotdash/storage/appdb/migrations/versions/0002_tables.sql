-- Part tables are bulk-loaded copies: a foreign key would be checked per row, and what may be null
-- is for the checks to say before it comes here.
create table serving.fct_revenue (
  shop_id text not null,
  part bigint not null,
  day date not null,
  currency text,
  counted_orders bigint,
  units bigint,
  gross_sales numeric(20,4),
  discounts numeric(20,4),
  refunds numeric(20,4),
  shipping numeric(20,4),
  shipping_refunds numeric(20,4),
  taxes numeric(20,4),
  tax_refunds numeric(20,4),
  refunds_by_refund_day numeric(20,4),
  shipping_refunds_by_refund_day numeric(20,4),
  tax_refunds_by_refund_day numeric(20,4),
  primary key (shop_id, part, day)
);

create table serving.fct_orders (
  shop_id text not null,
  part bigint not null,
  order_id bigint not null,
  day date not null,
  processed_at timestamptz,
  currency text,
  customer_key text,
  financial_status text,
  is_test boolean,
  is_cancelled boolean,
  is_counted boolean,
  units bigint,
  gross_sales numeric(20,4),
  discounts numeric(20,4),
  refunds numeric(20,4),
  shipping numeric(20,4),
  shipping_refunds numeric(20,4),
  taxes numeric(20,4),
  tax_refunds numeric(20,4),
  primary key (shop_id, part, order_id)
);
create index fct_orders_by_day on serving.fct_orders (shop_id, part, day);

create table serving.dim_customers (
  shop_id text not null,
  part bigint not null,
  customer_key text not null,
  bucket bigint not null,
  first_order_day date,
  last_order_day date,
  counted_orders bigint,
  primary key (shop_id, part, customer_key)
);

create table serving.parts (
  shop_id text not null references app.shops,
  part bigint generated always as identity,
  mart text not null,
  partition_key text not null,
  build_id uuid not null,
  created_at timestamptz not null,
  primary key (shop_id, part)
);

create table serving.manifests (
  shop_id text not null references app.shops,
  manifest_id uuid not null,
  build_id uuid not null,
  created_at timestamptz not null,
  reason text not null,
  replaced_at timestamptz,
  primary key (shop_id, manifest_id)
);

create table serving.manifest_marts (
  shop_id text not null,
  manifest_id uuid not null,
  mart text not null,
  build_id uuid not null,
  as_of jsonb not null,
  primary key (shop_id, manifest_id, mart),
  foreign key (shop_id, manifest_id) references serving.manifests on delete cascade
);

create table serving.manifest_entries (
  shop_id text not null,
  manifest_id uuid not null,
  mart text not null,
  partition_key text not null,
  part bigint not null,
  build_id uuid not null,
  row_count bigint not null,
  rows_hash text not null,
  primary key (shop_id, manifest_id, mart, partition_key),
  foreign key (shop_id, manifest_id, mart) references serving.manifest_marts on delete cascade,
  foreign key (shop_id, part) references serving.parts
);
create index manifest_entries_by_part on serving.manifest_entries (shop_id, part);

create table serving.published (
  shop_id text primary key references app.shops,
  manifest_id uuid not null,
  moved_at timestamptz not null,
  pinned_at timestamptz,
  pinned_by text,
  pin_reason text,
  foreign key (shop_id, manifest_id) references serving.manifests,
  check ((pinned_at is null) = (pinned_by is null) and (pinned_at is null) = (pin_reason is null))
);
