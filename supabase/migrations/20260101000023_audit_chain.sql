-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- Each event carries the hash of its own text from its insert on; links join them to a chain per shop.
alter table audit.events add column row_hash bytea;

create table audit.links (
  chain text not null,
  position bigint not null check (position > 0),
  event_id bigint not null unique,
  row_hash bytea not null check (octet_length(row_hash) = 32),
  previous bytea not null check (octet_length(previous) = 32),
  hash bytea not null check (octet_length(hash) = 32),
  sealed_at timestamptz not null default clock_timestamp(),
  primary key (chain, position)
);

-- What was committed and is not in the chain yet.
create table audit.pending (
  event_id bigint primary key
);

-- Stretches of a chain that rest in a file of the home; their links stay here.
create table audit.archives (
  chain text not null,
  first_position bigint not null check (first_position > 0),
  last_position bigint not null check (last_position >= first_position),
  sha256 bytea not null check (octet_length(sha256) = 32),
  archived_at timestamptz not null default clock_timestamp(),
  primary key (chain, first_position)
);

create function audit.field(told text) returns text
language sql immutable set search_path = ''
return coalesce(octet_length(told) || ':' || told, '-');

create function audit.event_text(
  event_id bigint, shop_id text, at timestamptz, actor text, action text, subject text,
  detail jsonb, request_id text
) returns text
language sql stable set search_path = ''
return 'event-1'
  || audit.field(event_id::text)
  || audit.field(shop_id)
  || audit.field((extract(epoch from at) * 1000000)::bigint::text)
  || audit.field(actor)
  || audit.field(action)
  || audit.field(subject)
  || audit.field(detail::text)
  || audit.field(request_id);

create function audit.link_text(chain text, at_position bigint, row_hash bytea, previous bytea)
returns text
language sql immutable set search_path = ''
return 'link-1'
  || audit.field(chain)
  || audit.field(at_position::text)
  || audit.field(encode(row_hash, 'hex'))
  || audit.field(encode(previous, 'hex'));

create function audit.stamp() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  new.row_hash := sha256(convert_to(audit.event_text(
    new.event_id, new.shop_id, new.at, new.actor, new.action, new.subject, new.detail,
    new.request_id), 'UTF8'));
  insert into audit.pending (event_id) values (new.event_id) on conflict do nothing;
  return new;
end
$$;

-- Short and in a transaction of its own, so that nobody waits for what somebody else does beside it.
create function audit.seal() returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
declare
  waiting record;
  head record;
  sealed bigint := 0;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'audit.seal() must see what others committed: run it as read committed';
  end if;
  perform pg_advisory_xact_lock(7205759403792794);
  for waiting in
    select e.event_id, coalesce(e.shop_id, '') as chain, e.row_hash
    from audit.pending as p
    join audit.events as e using (event_id)
    order by e.event_id
  loop
    delete from audit.pending as p where p.event_id = waiting.event_id;
    continue when exists (
      select from audit.links as l where l.event_id = waiting.event_id);
    select l.position, l.hash into head
    from audit.links as l where l.chain = waiting.chain order by l.position desc limit 1;
    head.position := coalesce(head.position, 0) + 1;
    head.hash := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
    insert into audit.links (chain, position, event_id, row_hash, previous, hash)
    values (
      waiting.chain, head.position, waiting.event_id, waiting.row_hash, head.hash,
      sha256(convert_to(audit.link_text(
        waiting.chain, head.position, waiting.row_hash, head.hash), 'UTF8')));
    sealed := sealed + 1;
  end loop;
  return sealed;
end
$$;

alter table audit.events disable trigger append_only;
update audit.events set row_hash = sha256(convert_to(audit.event_text(
  event_id, shop_id, at, actor, action, subject, detail, request_id), 'UTF8'));
alter table audit.events alter column row_hash set not null;
-- Always: also where a session calls itself a replica, in which other triggers rest.
alter table audit.events enable always trigger append_only;
alter table audit.events enable always trigger append_only_all;

insert into audit.pending (event_id) select event_id from audit.events;
select audit.seal();

create trigger stamp before insert on audit.events
for each row execute function audit.stamp();
alter table audit.events enable always trigger stamp;
create trigger append_only before update or delete on audit.links
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on audit.links
for each statement execute function audit.refuse_change();
alter table audit.links enable always trigger append_only;
alter table audit.links enable always trigger append_only_all;

create trigger append_only before update or delete on audit.archives
for each row execute function audit.refuse_change();
create trigger append_only_all before truncate on audit.archives
for each statement execute function audit.refuse_change();
alter table audit.archives enable always trigger append_only;
alter table audit.archives enable always trigger append_only_all;

create function audit.hot_for() returns interval
language sql immutable set search_path = ''
return interval '180 days';

-- Backfills, signed validations and what somebody approved or decided stay for good, and what the house itself asks for.
create function audit.is_kept(action text) returns boolean
language sql immutable set search_path = ''
return action ~ '^(backfill|evidence[.]|validation[.]|forget_credentials$)'
  or action ~ '(approv|reject|refus|decide|overrid|revoke)';

-- Whoever deletes: only what rests in an archive, is old enough, and is not kept for good.
create function audit.refuse_unarchived() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if old.at < clock_timestamp() - audit.hot_for() and not audit.is_kept(old.action)
    and exists (
      select from audit.links as l
      join audit.archives as a
        on a.chain = l.chain and l.position between a.first_position and a.last_position
      where l.event_id = old.event_id and l.row_hash = old.row_hash)
  then
    return old;
  end if;
  raise exception 'audit.events is append-only: DELETE of event % is refused', old.event_id
    using errcode = 'insufficient_privilege';
end
$$;

drop trigger append_only on audit.events;
create trigger append_only before update on audit.events
for each row execute function audit.refuse_change();
create trigger only_archived before delete on audit.events
for each row execute function audit.refuse_unarchived();
alter table audit.events enable always trigger append_only;
alter table audit.events enable always trigger only_archived;

-- A chain is archived from its beginning on, stretch by stretch, each whole.
create function audit.forget_archived(
  of_chain text, from_position bigint, to_position bigint, file_sha256 bytea
) returns bigint
language plpgsql volatile security definer set search_path = ''
as $$
declare
  expected bigint;
  fitting bigint;
  gone bigint;
begin
  perform pg_advisory_xact_lock(7205759403792794);
  select coalesce(max(a.last_position), 0) + 1 into expected
  from audit.archives as a where a.chain = of_chain;
  select count(*) into fitting
  from audit.links as l
  join audit.events as e using (event_id)
  where l.chain = of_chain and l.position between from_position and to_position
    and e.at < clock_timestamp() - audit.hot_for();
  if from_position <> expected or fitting <> to_position - from_position + 1 then
    raise exception 'positions % to % of chain % are not the next that are old enough',
      from_position, to_position, of_chain using errcode = 'insufficient_privilege';
  end if;
  insert into audit.archives (chain, first_position, last_position, sha256)
  values (of_chain, from_position, to_position, file_sha256);
  delete from audit.events as e
  using audit.links as l
  where l.event_id = e.event_id and l.chain = of_chain
    and l.position between from_position and to_position
    and not audit.is_kept(e.action);
  get diagnostics gone = row_count;
  return gone;
end
$$;

alter table audit.links enable row level security;

revoke all on table audit.links from public;

alter table audit.pending enable row level security;

revoke all on table audit.pending from public;

alter table audit.archives enable row level security;

revoke all on table audit.archives from public;

revoke all on function audit.field(text) from public;

revoke all on function audit.event_text(bigint, text, timestamptz, text, text, text, jsonb, text) from public;

revoke all on function audit.link_text(text, bigint, bytea, bytea) from public;

revoke all on function audit.stamp() from public;

revoke all on function audit.hot_for() from public;

revoke all on function audit.is_kept(text) from public;

revoke all on function audit.refuse_unarchived() from public;

revoke all on function audit.forget_archived(text, bigint, bigint, bytea) from public;

revoke all on function audit.seal() from public;

UPDATE app.alembic_version SET version_num='0023' WHERE app.alembic_version.version_num = '0022';
