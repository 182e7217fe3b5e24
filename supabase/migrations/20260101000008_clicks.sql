-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table app.click_sites (
  shop_id text primary key references app.shops,
  site_key text not null unique check (length(site_key) between 16 and 64),
  origins text[] not null default '{}',
  created_at timestamptz not null default now()
);

-- Numbers are drawn before transactions end, so a reader goes by the transaction that wrote a row.
create table app.clicks (
  shop_id text not null references app.shops,
  click_id bigint generated always as identity,
  written_in bigint not null default (pg_current_xact_id()::text::bigint),
  event_id text not null,
  received_at timestamptz not null,
  event jsonb not null,
  primary key (shop_id, click_id)
);
create unique index clicks_once on app.clicks (shop_id, event_id);
create index clicks_by_transaction on app.clicks (shop_id, written_in, click_id);

create table app.click_counts (
  shop_id text not null references app.shops,
  hour timestamptz not null,
  kind text not null check (kind in ('bot', 'without_consent', 'invalid')),
  events bigint not null,
  primary key (shop_id, hour, kind)
);

create function app.click_site(site_key text)
returns table (shop_id text, origins text[])
language sql stable security definer set search_path = ''
begin atomic
  select s.shop_id, s.origins from app.click_sites as s where s.site_key = click_site.site_key;
end;

-- The key alone says whose clicks these are, so nobody can write into the shop of another key.
create function app.keep_clicks(
  site_key text, received_at timestamptz, events jsonb, counts jsonb
) returns bigint
language sql volatile security definer set search_path = ''
begin atomic
  with site as (
    select s.shop_id from app.click_sites as s where s.site_key = keep_clicks.site_key
  ),
  kept as (
    insert into app.clicks (shop_id, event_id, received_at, event)
    select site.shop_id, told.event ->> 'event_id', keep_clicks.received_at, told.event
    from site
    cross join jsonb_array_elements(keep_clicks.events) as told (event)
    on conflict (shop_id, event_id) do nothing
    returning 1
  ),
  counted as (
    insert into app.click_counts as known (shop_id, hour, kind, events)
    select site.shop_id, date_trunc('hour', keep_clicks.received_at, 'UTC'), told.key,
           told.value::bigint
    from site
    cross join jsonb_each_text(keep_clicks.counts) as told (key, value)
    on conflict (shop_id, hour, kind) do update set events = known.events + excluded.events
    returning 1
  )
  select (select count(*) from kept);
end;

revoke all on function app.click_site(text) from public;

grant execute on function app.click_site(text) to hotdash_web;

revoke all on function app.keep_clicks(text, timestamptz, jsonb, jsonb) from public;

grant execute on function app.keep_clicks(text, timestamptz, jsonb, jsonb) to hotdash_web;

alter table app.click_sites enable row level security;

revoke all on table app.click_sites from public;

create policy web on app.click_sites to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.click_sites to hotdash_web;

alter table app.click_counts enable row level security;

revoke all on table app.click_counts from public;

create policy web on app.click_counts to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.click_counts to hotdash_web;

alter table app.clicks enable row level security;

revoke all on table app.clicks from public;

UPDATE app.alembic_version SET version_num='0008' WHERE app.alembic_version.version_num = '0007';
