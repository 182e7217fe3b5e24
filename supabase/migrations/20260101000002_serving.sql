-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create schema if not exists serving;

revoke all on schema serving from public;

grant usage on schema serving to hotdash_web;

create schema if not exists api;

revoke all on schema api from public;

grant usage on schema api to hotdash_web;

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

alter table serving.fct_revenue enable row level security;

revoke all on table serving.fct_revenue from public;

create policy web on serving.fct_revenue to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.fct_revenue to hotdash_web;

alter table serving.fct_orders enable row level security;

revoke all on table serving.fct_orders from public;

create policy web on serving.fct_orders to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.fct_orders to hotdash_web;

alter table serving.dim_customers enable row level security;

revoke all on table serving.dim_customers from public;

create policy web on serving.dim_customers to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.dim_customers to hotdash_web;

alter table serving.parts enable row level security;

revoke all on table serving.parts from public;

create policy web on serving.parts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.parts to hotdash_web;

alter table serving.manifests enable row level security;

revoke all on table serving.manifests from public;

create policy web on serving.manifests to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.manifests to hotdash_web;

alter table serving.manifest_marts enable row level security;

revoke all on table serving.manifest_marts from public;

create policy web on serving.manifest_marts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.manifest_marts to hotdash_web;

alter table serving.manifest_entries enable row level security;

revoke all on table serving.manifest_entries from public;

create policy web on serving.manifest_entries to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.manifest_entries to hotdash_web;

alter table serving.published enable row level security;

revoke all on table serving.published from public;

create policy web on serving.published to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table serving.published to hotdash_web;

create view serving.current_fct_revenue with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.currency, fact.counted_orders, fact.units, fact.gross_sales, fact.discounts, fact.refunds, fact.shipping, fact.shipping_refunds, fact.taxes, fact.tax_refunds, fact.refunds_by_refund_day, fact.shipping_refunds_by_refund_day, fact.tax_refunds_by_refund_day
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_revenue as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_revenue';

revoke all on table serving.current_fct_revenue from public;

grant select on table serving.current_fct_revenue to hotdash_web;

create view api.fct_revenue with (security_invoker = true) as select shop_id, day, currency, counted_orders, units, gross_sales, discounts, refunds, shipping, shipping_refunds, taxes, tax_refunds, refunds_by_refund_day, shipping_refunds_by_refund_day, tax_refunds_by_refund_day from serving.current_fct_revenue;

revoke all on table api.fct_revenue from public;

grant select on table api.fct_revenue to hotdash_web;

create view serving.current_fct_orders with (security_invoker = true) as 
    select fact.shop_id, fact.order_id, fact.day, fact.processed_at, fact.currency, fact.customer_key, fact.financial_status, fact.is_test, fact.is_cancelled, fact.is_counted, fact.units, fact.gross_sales, fact.discounts, fact.refunds, fact.shipping, fact.shipping_refunds, fact.taxes, fact.tax_refunds
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_orders as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_orders';

revoke all on table serving.current_fct_orders from public;

grant select on table serving.current_fct_orders to hotdash_web;

create view api.fct_orders with (security_invoker = true) as select shop_id, order_id, day, processed_at, currency, customer_key, financial_status, is_test, is_cancelled, is_counted, units, gross_sales, discounts, refunds, shipping, shipping_refunds, taxes, tax_refunds from serving.current_fct_orders;

revoke all on table api.fct_orders from public;

grant select on table api.fct_orders to hotdash_web;

create view serving.current_dim_customers with (security_invoker = true) as 
    select fact.shop_id, fact.customer_key, fact.bucket, fact.first_order_day, fact.last_order_day, fact.counted_orders
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.dim_customers as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'dim_customers';

revoke all on table serving.current_dim_customers from public;

grant select on table serving.current_dim_customers to hotdash_web;

create view api.dim_customers with (security_invoker = true) as select shop_id, customer_key, bucket, first_order_day, last_order_day, counted_orders from serving.current_dim_customers;

revoke all on table api.dim_customers from public;

grant select on table api.dim_customers to hotdash_web;

create view api.published_marts with (security_invoker = true) as 
    select mart.shop_id, mart.mart, mart.build_id, mart.as_of, pointer.manifest_id,
      pointer.moved_at as published_at, pointer.pinned_at
    from serving.published as pointer
    join serving.manifest_marts as mart
      on mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id;

revoke all on table api.published_marts from public;

grant select on table api.published_marts to hotdash_web;

-- A run may be about several shops, so the web role reads neither which nor what was asked for; this
-- answers for one shop of the user's own.
create function app.work_under_way(asked text) returns table (kind text, since timestamptz)
language sql stable security definer set search_path = '' as $$
  select
    case
      when run.kind = 'backfill' or build.mode = 'range' or request.detail->>'mode' = 'range'
        then 'backfill'
      when run.kind = 'rebuild' or build.mode = 'full' or request.detail->>'mode' = 'full'
        then 'rebuild'
      else 'run'
    end,
    run.started_at
  from app.runs as run
  left join app.run_steps as request
    on request.run_id = run.run_id and request.step = 'request'
  left join app.builds as build on build.run_id = run.run_id and build.status = 'running'
  where run.status = 'running'
    and run.shops @> array[asked]
    and asked = any(array(select app.my_shops()))
  order by run.started_at
$$;

revoke all on function app.work_under_way(text) from public;

grant execute on function app.work_under_way(text) to hotdash_web;

UPDATE app.alembic_version SET version_num='0002' WHERE app.alembic_version.version_num = '0001';
