-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- As it was shown: what learning is told of it, the approval that was foretold, and whether it stood
-- among the first to be learnt from.
alter table app.recommendations
  add column context jsonb not null default '{}'::jsonb,
  add column approval numeric(20, 4),
  add column is_trial boolean not null default false;

-- What would have become of the figure by itself, from how many like it, and whether it ended better.
alter table app.decision_outcomes
  add column baseline numeric(20, 4),
  add column compared_with integer,
  add column worked boolean;

-- Appended only; with the log of answers it makes the model anew at any time.
create table app.recommender_events (
  event_id bigint generated always as identity,
  shop_id text not null references app.shops,
  at timestamptz not null,
  event text not null check (event in ('adopted', 'reset', 'frozen', 'unfrozen')),
  actor text not null,
  detail jsonb not null default '{}'::jsonb,
  primary key (shop_id, event_id)
);
create trigger append_only before update or delete on app.recommender_events
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on app.recommender_events
for each statement execute function audit.refuse_change();

-- The model as it was last worked out of the log. Of its sums other shops' models begin, of nothing else.
create table app.recommender_models (
  shop_id text primary key references app.shops,
  made_at timestamptz not null,
  answers integer not null,
  card jsonb not null,
  model jsonb not null,
  sums jsonb not null
);

alter table app.recommender_events enable row level security;

revoke all on table app.recommender_events from public;

create policy web on app.recommender_events to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.recommender_events to hotdash_web;

alter table app.recommender_models enable row level security;

revoke all on table app.recommender_models from public;

create policy web on app.recommender_models to hotdash_web using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));

grant select on table app.recommender_models to hotdash_web;

UPDATE app.alembic_version SET version_num='0030' WHERE app.alembic_version.version_num = '0029';
