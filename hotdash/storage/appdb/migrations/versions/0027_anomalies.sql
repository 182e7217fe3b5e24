-- What was out of the ordinary, with its context as it was known; what people said about it is appended.
create table app.anomalies (
  shop_id text not null references app.shops,
  anomaly_id uuid not null,
  key text not null,
  metric text not null,
  title text not null,
  dimension text,
  part_name text,
  grain text not null,
  day date not null,
  hour integer not null,
  level text not null,
  is_new boolean not null,
  is_better boolean not null,
  value numeric not null,
  expected numeric not null,
  low numeric not null,
  high numeric not null,
  unit text not null,
  z numeric not null,
  method text not null,
  judged_by integer not null,
  money numeric(20, 4),
  currency text not null,
  context jsonb not null,
  found_at timestamptz not null,
  seen_at timestamptz not null,
  gone_at timestamptz,
  primary key (shop_id, anomaly_id)
);
-- An anomaly of a whole day stands at hour -1.
create unique index anomalies_once on app.anomalies (shop_id, key, grain, day, hour);
create index anomalies_by_day on app.anomalies (shop_id, day);

create table app.anomaly_events (
  shop_id text not null,
  event_id uuid not null,
  anomaly_id uuid not null,
  at timestamptz not null,
  actor text not null,
  state text not null,
  assignee text,
  note text,
  primary key (shop_id, event_id),
  foreign key (shop_id, anomaly_id) references app.anomalies (shop_id, anomaly_id)
);
create index anomaly_events_by_anomaly on app.anomaly_events (shop_id, anomaly_id, at);

-- When a shop was looked at last, at which publication, and which series were asked for more than usual.
create table app.anomaly_looks (
  shop_id text not null references app.shops,
  publication_id uuid,
  at timestamptz not null,
  last_day date not null,
  series integer not null,
  raised jsonb not null,
  primary key (shop_id)
);
