create table app.api_tokens (
  token_id uuid primary key,
  user_id uuid not null references app.users (user_id) on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  scopes text[] not null,
  requests_per_minute integer not null check (requests_per_minute > 0),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  window_began timestamptz,
  window_used integer not null default 0
);
create index api_tokens_by_user on app.api_tokens (user_id);

create table app.api_token_shops (
  shop_id text not null references app.shops (shop_id) on delete cascade,
  token_id uuid not null references app.api_tokens (token_id) on delete cascade,
  primary key (shop_id, token_id)
);
create index api_token_shops_by_token on app.api_token_shops (token_id);

-- Whom another service means by its own number for them; once bound, an address decides no more.
create table app.external_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references app.users (user_id) on delete cascade,
  bound_at timestamptz not null,
  window_began timestamptz,
  window_used integer not null default 0,
  primary key (issuer, subject),
  unique (issuer, user_id)
);
create index external_identities_by_user on app.external_identities (user_id);

-- What was asked for once under a key of the caller's, and what was answered.
create table app.request_keys (
  caller text not null,
  key_hash bytea not null,
  request_hash bytea not null,
  admitted text[] not null default '{}'::text[],
  began_at timestamptz not null,
  ended_at timestamptz,
  status integer,
  content_type text,
  body bytea,
  primary key (caller, key_hash)
);
create index request_keys_by_time on app.request_keys (began_at);

create table app.data_reads (
  shop_id text not null references app.shops (shop_id) on delete cascade,
  day date not null,
  actor text not null,
  kind text not null,
  door text not null,
  reads bigint not null,
  last_at timestamptz not null,
  primary key (shop_id, day, actor, kind, door)
);
