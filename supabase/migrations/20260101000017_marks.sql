-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- What people write beside the numbers. Each change is a row of its own; the newest of each holds.
create table app.annotations (
  shop_id text not null references app.shops,
  entry_id uuid not null,
  annotation_id uuid not null,
  at timestamptz not null,
  actor text not null,
  is_removed boolean not null,
  kind text not null check (kind in ('campaign', 'price_change', 'site_change', 'stock', 'other')),
  first_day date not null,
  last_day date not null check (last_day >= first_day),
  title text not null check (length(title) between 1 and 120),
  primary key (shop_id, entry_id)
);
create index annotations_by_day on app.annotations (shop_id, first_day, last_day);

create table app.goals (
  shop_id text not null references app.shops,
  entry_id uuid not null,
  goal_id uuid not null,
  at timestamptz not null,
  actor text not null,
  is_removed boolean not null,
  metric text not null,
  first_day date not null,
  last_day date not null check (last_day >= first_day),
  target numeric(20, 4) not null,
  currency text,
  primary key (shop_id, entry_id)
);
create index goals_by_metric on app.goals (shop_id, metric, first_day);

create table app.saved_views (
  shop_id text not null references app.shops,
  entry_id uuid not null,
  view_id uuid not null,
  at timestamptz not null,
  actor text not null,
  is_removed boolean not null,
  name text not null check (length(name) between 1 and 80),
  page text not null check (page in ('explore', 'attribution', 'patterns')),
  state text not null,
  is_shared boolean not null,
  primary key (shop_id, entry_id)
);
create index saved_views_by_actor on app.saved_views (shop_id, actor);

alter table app.annotations enable row level security;

revoke all on table app.annotations from public;

create policy web on app.annotations to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.annotations to hotdash_web;

grant insert (shop_id, entry_id, at, actor, is_removed, annotation_id, kind, first_day, last_day, title) on table app.annotations to hotdash_web;

alter table app.goals enable row level security;

revoke all on table app.goals from public;

create policy web on app.goals to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.goals to hotdash_web;

grant insert (shop_id, entry_id, at, actor, is_removed, goal_id, metric, first_day, last_day, target, currency) on table app.goals to hotdash_web;

alter table app.saved_views enable row level security;

revoke all on table app.saved_views from public;

create policy web on app.saved_views to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.saved_views to hotdash_web;

grant insert (shop_id, entry_id, at, actor, is_removed, view_id, name, page, state, is_shared) on table app.saved_views to hotdash_web;

UPDATE app.alembic_version SET version_num='0017' WHERE app.alembic_version.version_num = '0016';
