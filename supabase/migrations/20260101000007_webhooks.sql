-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

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

-- Whose webhook this is, found by the vendor's name for the shop, by ours, or by both, and the
-- sealed credential it may be checked with: the key to it is not in the database.
create function app.webhook_account(vendor text, account text, named_shop text)
returns table (shop_id text, ciphertext bytea)
language sql stable security definer set search_path = ''
begin atomic
  select s.shop_id, c.ciphertext
  from app.shops as s
  left join app.credentials as c
    on c.shop_id = s.shop_id and c.vendor = webhook_account.vendor
  where (webhook_account.account is not null or webhook_account.named_shop is not null)
    and (webhook_account.account is null
         or s.vendor_domain = lower(webhook_account.account))
    and (webhook_account.named_shop is null or s.shop_id = webhook_account.named_shop)
  order by s.shop_id
  limit 1;
end;

-- Everything of one delivery in one statement, and nothing of it a second time.
create function app.receive_webhook(
  shop_id text, vendor text, delivery_id text, topic text, tables text[], vendor_ids text[],
  triggered_at timestamptz, received_at timestamptz, compliance jsonb, rejection jsonb
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with told as (
    select signal.place, signal.table_name, signal.vendor_id
    from unnest(receive_webhook.tables, receive_webhook.vendor_ids)
      with ordinality as signal(table_name, vendor_id, place)
    union all
    select 0, null, null where cardinality(receive_webhook.tables) = 0
  ), kept as (
    insert into app.webhook_deliveries (
      shop_id, vendor, delivery_id, place, topic, table_name, vendor_id, triggered_at,
      received_at, applied_at)
    select receive_webhook.shop_id, receive_webhook.vendor, receive_webhook.delivery_id,
           told.place, receive_webhook.topic, told.table_name, told.vendor_id,
           receive_webhook.triggered_at, receive_webhook.received_at,
           case when told.table_name is null then receive_webhook.received_at end
    from told
    on conflict do nothing
    returning 1
  ), requested as (
    insert into app.compliance_requests (
      shop_id, vendor, delivery_id, topic, customer_id, order_ids, received_at, due_at)
    select receive_webhook.shop_id, receive_webhook.vendor, receive_webhook.delivery_id,
           receive_webhook.topic, receive_webhook.compliance ->> 'customer_id',
           array(select jsonb_array_elements_text(receive_webhook.compliance -> 'order_ids')),
           receive_webhook.received_at, receive_webhook.received_at + interval '30 days'
    where receive_webhook.compliance is not null
    on conflict do nothing
  ), rejected as (
    insert into app.source_states (
      shop_id, source, state, since, code, reason, hint, seen_at)
    select receive_webhook.shop_id, receive_webhook.vendor, 'rejected',
           receive_webhook.received_at, receive_webhook.rejection ->> 'code',
           receive_webhook.rejection ->> 'reason', receive_webhook.rejection ->> 'hint',
           receive_webhook.received_at
    where receive_webhook.rejection is not null
      and exists (select from kept)
      -- Told late, after somebody has installed it anew: the new key counts.
      and not exists (
        select from app.credentials as c
        where c.shop_id = receive_webhook.shop_id and c.vendor = receive_webhook.vendor
          and c.updated_at > receive_webhook.triggered_at)
    on conflict (shop_id, source) do update set
      state = excluded.state, since = excluded.since, retry_at = null, code = excluded.code,
      reason = excluded.reason, hint = excluded.hint, seen_at = excluded.seen_at
  )
  select exists (select from kept);
end;

-- A state for who may connect this shop: its owner or engineer, or the holder of a fresh link.
create function app.open_install(
  state_hash bytea, vendor text, account text, link_hash bytea, at timestamptz,
  expires_at timestamptz
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with allowed as (
    select m.user_id
    from app.shops as s
    join app.memberships as m on m.shop_id = s.shop_id
    join app.users as u on u.user_id = m.user_id
    where open_install.link_hash is null
      and s.vendor_domain = open_install.account
      and m.user_id = app.my_user()
      and m.role in ('engineer', 'owner')
      and u.disabled_at is null
    union all
    select l.user_id
    from app.install_passes as l
    where l.pass_hash = open_install.link_hash
      and l.kind = 'link'
      and l.vendor = open_install.vendor
      and l.account = open_install.account
      and l.used_at is null
      and l.expires_at > open_install.at
    limit 1
  ), opened as (
    insert into app.install_passes (
      pass_hash, kind, vendor, account, user_id, link_hash, created_at, expires_at)
    select open_install.state_hash, 'state', open_install.vendor, open_install.account,
           allowed.user_id, open_install.link_hash, open_install.at, open_install.expires_at
    from allowed
    returning 1
  )
  select exists (select from opened);
end;

-- The state is used up, and with it the link it came from; only the first one may go on: a row
-- with the shop as it is called here, or without a name where it is new.
create function app.use_install(
  state_hash bytea, vendor text, account text, at timestamptz
) returns table (shop_id text)
language sql volatile security definer set search_path = ''
begin atomic
  with state as (
    update app.install_passes as p set used_at = use_install.at
    where p.pass_hash = use_install.state_hash
      and p.kind = 'state'
      and p.vendor = use_install.vendor
      and p.account = use_install.account
      and p.used_at is null
      and p.expires_at > use_install.at
      and (p.link_hash is null or exists (
        select from app.install_passes as l
        where l.pass_hash = p.link_hash and l.used_at is null and l.expires_at > use_install.at))
    returning p.link_hash
  ), link as (
    update app.install_passes as l set used_at = use_install.at
    from state
    where l.pass_hash = state.link_hash and l.used_at is null
    returning 1
  )
  select (
    select min(s.shop_id) from app.shops as s where s.vendor_domain = use_install.account)
  from state
  where state.link_hash is null or exists (select from link);
end;

-- Shop, credential and, where the shop is new, its owner: once for a state that was just used.
create function app.finish_install(
  state_hash bytea, at timestamptz, shop_id text, name text, timezone text, currency text,
  ciphertext bytea
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with pass as (
    update app.install_passes as p set finished_at = finish_install.at
    where p.pass_hash = finish_install.state_hash
      and p.kind = 'state'
      and p.used_at is not null
      and p.finished_at is null
      and p.used_at > finish_install.at - interval '10 minutes'
    returning p.vendor, p.account, p.user_id
  ), saved as (
    insert into app.shops as s (shop_id, name, vendor_domain, timezone, currency)
    select finish_install.shop_id, finish_install.name, pass.account, finish_install.timezone,
           finish_install.currency
    from pass
    on conflict on constraint shops_pkey do update set
      name = excluded.name, timezone = excluded.timezone, currency = excluded.currency
      where s.vendor_domain = excluded.vendor_domain
    returning s.shop_id
  ), owned as (
    insert into app.memberships (shop_id, user_id, role)
    select saved.shop_id, pass.user_id, 'owner'
    from saved, pass
    where pass.user_id is not null and not exists (
      select from app.memberships as m where m.shop_id = saved.shop_id)
    on conflict do nothing
  ), sealed as (
    insert into app.credentials as c (shop_id, vendor, ciphertext, updated_at)
    select saved.shop_id, pass.vendor, finish_install.ciphertext, finish_install.at
    from saved, pass
    on conflict on constraint credentials_pkey do update set
      ciphertext = excluded.ciphertext, updated_at = excluded.updated_at
  ), forgiven as (
    delete from app.source_states as f using saved, pass
    where f.shop_id = saved.shop_id and f.source = pass.vendor and f.state = 'rejected'
  )
  select exists (select from saved);
end;

revoke all on function app.webhook_account(text, text, text) from public;

grant execute on function app.webhook_account(text, text, text) to hotdash_web;

revoke all on function app.receive_webhook(text, text, text, text, text[], text[], timestamptz, timestamptz, jsonb, jsonb) from public;

grant execute on function app.receive_webhook(text, text, text, text, text[], text[], timestamptz, timestamptz, jsonb, jsonb) to hotdash_web;

revoke all on function app.open_install(bytea, text, text, bytea, timestamptz, timestamptz) from public;

grant execute on function app.open_install(bytea, text, text, bytea, timestamptz, timestamptz) to hotdash_web;

revoke all on function app.use_install(bytea, text, text, timestamptz) from public;

grant execute on function app.use_install(bytea, text, text, timestamptz) to hotdash_web;

revoke all on function app.finish_install(bytea, timestamptz, text, text, text, text, bytea) from public;

grant execute on function app.finish_install(bytea, timestamptz, text, text, text, text, bytea) to hotdash_web;

alter table app.webhook_deliveries enable row level security;

revoke all on table app.webhook_deliveries from public;

create policy web on app.webhook_deliveries to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.webhook_deliveries to hotdash_web;

alter table app.compliance_requests enable row level security;

revoke all on table app.compliance_requests from public;

create policy web on app.compliance_requests to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

alter table app.install_passes enable row level security;

revoke all on table app.install_passes from public;

UPDATE app.alembic_version SET version_num='0007' WHERE app.alembic_version.version_num = '0006';
