create table app.exchange_rates (
  shop_id text not null references app.shops,
  day date not null check (day >= date '2000-01-01'),
  base text not null check (base ~ '^[A-Z]{3}$'),
  quote text not null check (quote ~ '^[A-Z]{3}$' and quote <> base),
  imported_at timestamptz not null default now(),
  rate numeric(18, 10) not null check (rate > 0),
  imported_by text not null,
  primary key (shop_id, base, quote, day, imported_at)
);
