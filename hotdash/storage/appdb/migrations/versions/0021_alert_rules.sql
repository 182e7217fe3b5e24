-- A shop's own alert rules. Each change is a row of its own; the newest holds, and null means the file again.
create table app.alert_rules (
  shop_id text not null references app.shops,
  entry_id uuid not null,
  at timestamptz not null,
  actor text not null,
  reason text not null,
  rules jsonb,
  primary key (shop_id, entry_id)
);
