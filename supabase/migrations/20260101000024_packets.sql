-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- One packet per shop and week, kept as the bytes that were sent: a later publication changes none of them.
create table app.packets (
  shop_id text not null references app.shops,
  week text not null,
  publication_id uuid,
  as_of timestamptz not null,
  made_at timestamptz not null,
  sent_at timestamptz,
  headline text not null,
  document bytea not null,
  html bytea not null,
  pdf bytea not null,
  notebook bytea not null,
  primary key (shop_id, week)
);

alter table app.packets enable row level security;

revoke all on table app.packets from public;

create policy web on app.packets to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.packets to hotdash_web;

UPDATE app.alembic_version SET version_num='0024' WHERE app.alembic_version.version_num = '0023';
