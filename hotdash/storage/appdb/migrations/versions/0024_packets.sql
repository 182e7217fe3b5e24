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
