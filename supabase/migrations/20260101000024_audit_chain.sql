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

alter table audit.links enable row level security;

revoke all on table audit.links from public;

alter table audit.pending enable row level security;

revoke all on table audit.pending from public;

revoke all on function audit.field(text) from public;

revoke all on function audit.event_text(bigint, text, timestamptz, text, text, text, jsonb, text) from public;

revoke all on function audit.link_text(text, bigint, bytea, bytea) from public;

revoke all on function audit.stamp() from public;

revoke all on function audit.seal() from public;

grant execute on function audit.seal() to hotdash_web;

UPDATE app.alembic_version SET version_num='0024' WHERE app.alembic_version.version_num = '0021';
