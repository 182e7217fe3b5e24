create table app.webhook_deliveries (
  shop_id text not null references app.shops,
  vendor text not null,
  delivery_id text not null,
  place bigint not null,
  signal_id bigint generated always as identity,
  topic text not null,
  table_name text,
  vendor_id text,
  triggered_at timestamptz,
  received_at timestamptz not null,
  applied_at timestamptz,
  load_id text,
  primary key (shop_id, vendor, delivery_id, place)
);
create index webhook_deliveries_waiting on app.webhook_deliveries (shop_id, vendor, signal_id)
  where applied_at is null;
create index webhook_deliveries_by_age on app.webhook_deliveries using brin (received_at);

create table app.compliance_requests (
  shop_id text not null references app.shops,
  vendor text not null,
  delivery_id text not null,
  topic text not null,
  customer_id text,
  order_ids text[] not null default '{}',
  received_at timestamptz not null,
  due_at timestamptz not null,
  handled_at timestamptz,
  primary key (shop_id, vendor, delivery_id)
);

-- A link lets whoever holds it connect one shop once; a state leads one visitor through the
-- vendor's own page and back. Of both only the hash is kept.
create table app.install_passes (
  pass_hash bytea primary key check (octet_length(pass_hash) = 32),
  kind text not null check (kind in ('link', 'state')),
  vendor text not null,
  account text not null,
  user_id uuid references app.users on delete cascade,
  link_hash bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  finished_at timestamptz
);
create index install_passes_by_user on app.install_passes (user_id);
