-- What an answer about a shop depends on. Annotations are appended only: their count says it all.
create function app.shop_edition(asked text) returns text
language sql stable security definer set search_path = ''
begin atomic
  select md5(concat_ws('|',
    pointer.manifest_id, pointer.moved_at, pointer.pinned_at,
    (select string_agg(mart.as_of::text, ',' order by mart.mart)
     from serving.manifest_marts as mart
     where mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id),
    (select max(o.at) from app.publication_outcomes as o where o.shop_id = shop.shop_id),
    (select max(c.at) from app.check_results as c where c.shop_id = shop.shop_id),
    (select max(f.updated_at) from app.freshness as f where f.shop_id = shop.shop_id),
    (select max(p.decided_at) from app.metric_policies as p where p.shop_id = shop.shop_id),
    (select string_agg(concat_ws(' ', r.run_id, b.mode), ',' order by r.run_id, b.build_id)
     from app.runs as r
     left join app.builds as b on b.run_id = r.run_id and b.status = 'running'
     where r.status = 'running' and r.shops @> array[shop.shop_id]),
    (select count(*) from app.annotations as a where a.shop_id = shop.shop_id),
    (select string_agg(concat_ws(' ', r.rank, r.recommendation_id, r.updated_at), ','
       order by r.rank, r.recommendation_id)
     from app.recommendations as r
     where r.shop_id = shop.shop_id and r.status = 'open')))
  from app.shops as shop
  left join serving.published as pointer on pointer.shop_id = shop.shop_id
  where shop.shop_id = asked;
end;

create or replace function app.visit(token_hash bytea, at timestamptz, shop_id text)
returns table (user_id uuid, name text, email text, has_password boolean,
               last_seen_at timestamptz, shops jsonb, edition text)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.name, u.email, u.password_hash is not null, s.last_seen_at,
    coalesce(
      (select jsonb_object_agg(shop.shop_id, jsonb_build_object(
         'role', m.role, 'name', shop.name,
         'timezone', shop.timezone, 'currency', shop.currency))
       from app.memberships as m
       join app.shops as shop on shop.shop_id = m.shop_id
       where m.user_id = u.user_id),
      '{}'::jsonb),
    (select app.shop_edition(m.shop_id)
     from app.memberships as m
     where m.user_id = u.user_id and m.shop_id = visit.shop_id)
  from app.sessions as s
  join app.users as u using (user_id)
  where s.token_hash = visit.token_hash
    and s.expires_at > visit.at
    and u.disabled_at is null;
end;

-- Whoever holds this token, the shops it opens, and how much of its minute is used up.
create function app.token_visit(token_hash bytea, at timestamptz, asked text, counts boolean)
returns table (user_id uuid, name text, email text, has_password boolean,
               last_seen_at timestamptz, shops jsonb, edition text,
               token_id uuid, scopes text[], allowed integer, used integer,
               window_began timestamptz)
language sql volatile security definer set search_path = ''
begin atomic
  with used as (
    update app.api_tokens as t set
      last_used_at = greatest(t.last_used_at, token_visit.at),
      window_used = case
        when not token_visit.counts then t.window_used
        when t.window_began > token_visit.at - interval '1 minute'
          then least(t.window_used, t.requests_per_minute) + 1
        else 1
      end,
      window_began = case
        when not token_visit.counts or t.window_began > token_visit.at - interval '1 minute'
          then coalesce(t.window_began, token_visit.at)
        else token_visit.at
      end
    from app.users as u
    where t.token_hash = token_visit.token_hash
      and t.revoked_at is null and t.expires_at > token_visit.at
      and u.user_id = t.user_id and u.disabled_at is null
    returning t.*, u.name as of_name, u.email as of_email, u.password_hash as of_password
  )
  select t.user_id, t.of_name, t.of_email, t.of_password is not null, t.last_used_at,
    coalesce(
      (select jsonb_object_agg(shop.shop_id, jsonb_build_object(
         'role', m.role, 'name', shop.name,
         'timezone', shop.timezone, 'currency', shop.currency))
       from app.memberships as m
       join app.api_token_shops as opened
         on opened.token_id = t.token_id and opened.shop_id = m.shop_id
       join app.shops as shop on shop.shop_id = m.shop_id
       where m.user_id = t.user_id),
      '{}'::jsonb),
    (select app.shop_edition(m.shop_id)
     from app.memberships as m
     join app.api_token_shops as opened
       on opened.token_id = t.token_id and opened.shop_id = m.shop_id
     where m.user_id = t.user_id and m.shop_id = asked),
    t.token_id, t.scopes, t.requests_per_minute, t.window_used, t.window_began
  from used as t;
end;

-- The same of somebody whom another service vouches for; its signature was checked before.
create function app.external_visit(
  issuer text, subject text, at timestamptz, asked text, counts boolean, most integer)
returns table (user_id uuid, name text, email text, has_password boolean,
               last_seen_at timestamptz, shops jsonb, edition text,
               token_id uuid, scopes text[], allowed integer, used integer,
               window_began timestamptz)
language sql volatile security definer set search_path = ''
begin atomic
  with used as (
    update app.external_identities as i set
      window_used = case
        when not external_visit.counts then i.window_used
        when i.window_began > external_visit.at - interval '1 minute'
          then least(i.window_used, external_visit.most) + 1
        else 1
      end,
      window_began = case
        when not external_visit.counts or i.window_began > external_visit.at - interval '1 minute'
          then coalesce(i.window_began, external_visit.at)
        else external_visit.at
      end
    from app.users as u
    where i.issuer = external_visit.issuer and i.subject = external_visit.subject
      and u.user_id = i.user_id and u.disabled_at is null
    returning i.*, u.name as of_name, u.email as of_email, u.password_hash as of_password
  )
  select i.user_id, i.of_name, i.of_email, i.of_password is not null, external_visit.at,
    coalesce(
      (select jsonb_object_agg(shop.shop_id, jsonb_build_object(
         'role', m.role, 'name', shop.name,
         'timezone', shop.timezone, 'currency', shop.currency))
       from app.memberships as m
       join app.shops as shop on shop.shop_id = m.shop_id
       where m.user_id = i.user_id),
      '{}'::jsonb),
    (select app.shop_edition(m.shop_id)
     from app.memberships as m
     where m.user_id = i.user_id and m.shop_id = asked),
    null::uuid, null::text[], external_visit.most, i.window_used, i.window_began
  from used as i;
end;

-- A token opens only shops of whoever makes it.
create function app.add_my_token(
  token_id uuid, name text, token_hash bytea, scopes text[], shops text[],
  requests_per_minute integer, at timestamptz, expires_at timestamptz) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with made as (
    insert into app.api_tokens (
      token_id, user_id, name, token_hash, scopes, requests_per_minute, created_at, expires_at)
    select add_my_token.token_id, app.my_user(), add_my_token.name, add_my_token.token_hash,
      add_my_token.scopes, add_my_token.requests_per_minute, add_my_token.at,
      add_my_token.expires_at
    where app.my_token() is null and cardinality(add_my_token.shops) > 0
      and add_my_token.shops <@ array(select app.my_shops())
    returning 1
  ), opened as (
    insert into app.api_token_shops (shop_id, token_id)
    select distinct named.shop_id, add_my_token.token_id
    from unnest(add_my_token.shops) as named (shop_id)
    where exists (select from made)
    returning 1
  )
  select exists (select from opened);
end;

create function app.tokens_of(asked text, everybodys boolean)
returns table (token_id uuid, user_id uuid, holder text, name text, scopes text[], shops text[],
               requests_per_minute integer, created_at timestamptz, expires_at timestamptz,
               last_used_at timestamptz, revoked_at timestamptz, revoked_by text)
language sql stable security definer set search_path = ''
begin atomic
  select t.token_id, t.user_id, u.name, t.name, t.scopes,
    array(select every_shop.shop_id from app.api_token_shops as every_shop
          where every_shop.token_id = t.token_id
            and every_shop.shop_id = any(array(select app.my_shops()))
          order by every_shop.shop_id),
    t.requests_per_minute, t.created_at, t.expires_at, t.last_used_at, t.revoked_at, t.revoked_by
  from app.api_token_shops as opened
  join app.api_tokens as t on t.token_id = opened.token_id
  join app.users as u on u.user_id = t.user_id
  where opened.shop_id = tokens_of.asked
    and opened.shop_id = any(array(select app.my_shops()))
    and (tokens_of.everybodys or t.user_id = app.my_user())
  order by t.created_at desc, t.token_id;
end;

create function app.revoke_token(
  token uuid, shop_id text, everybodys boolean, at timestamptz, by text) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with revoked as (
    update app.api_tokens as t
    set revoked_at = coalesce(t.revoked_at, revoke_token.at),
        revoked_by = coalesce(t.revoked_by, revoke_token.by)
    where t.token_id = revoke_token.token
      and (revoke_token.everybodys or t.user_id = app.my_user())
      and exists (
        select from app.api_token_shops as opened
        where opened.token_id = t.token_id and opened.shop_id = revoke_token.shop_id
          and opened.shop_id = any(array(select app.my_shops())))
    returning 1
  )
  select exists (select from revoked);
end;

create function app.external_person(issuer text, subject text) returns uuid
language sql stable security definer set search_path = ''
begin atomic
  select i.user_id
  from app.external_identities as i
  join app.users as u using (user_id)
  where i.issuer = external_person.issuer and i.subject = external_person.subject
    and u.disabled_at is null;
end;

-- Whoever was invited by this address and is not somebody else at this service already.
create function app.bind_external(issuer text, subject text, email text, at timestamptz)
returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  insert into app.external_identities (issuer, subject, user_id, bound_at)
  select bind_external.issuer, bind_external.subject, u.user_id, bind_external.at
  from app.users as u
  where u.email = lower(bind_external.email) and u.disabled_at is null
  on conflict do nothing
  returning user_id;
end;

-- Somebody whom a rule about their address lets in: with that role, in the shops it names.
create function app.admit_external(
  issuer text, subject text, user_id uuid, email text, name text, role text, shops text[],
  at timestamptz) returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  with admitted as (
    insert into app.users (user_id, email, name)
    select admit_external.user_id, lower(admit_external.email), admit_external.name
    where admit_external.role <> 'owner'
      and exists (select from app.shops as shop
                  where shop.shop_id = any(admit_external.shops))
    on conflict do nothing
    returning user_id
  ), joined as (
    insert into app.memberships (shop_id, user_id, role)
    select shop.shop_id, admitted.user_id, admit_external.role
    from admitted, app.shops as shop
    where shop.shop_id = any(admit_external.shops)
    returning user_id
  ), bound as (
    insert into app.external_identities (issuer, subject, user_id, bound_at)
    select admit_external.issuer, admit_external.subject, admitted.user_id, admit_external.at
    from admitted
    returning user_id
  )
  select bound.user_id from bound where exists (select from joined);
end;

-- One row: is the key new, and if not, for what it was used and what was answered then.
create function app.begin_request(
  caller text, key_hash bytea, asked_hash bytea, at timestamptz, forget_before timestamptz)
returns table (is_new boolean, request_hash bytea, admitted text[], ended_at timestamptz,
               status integer, content_type text, body bytea)
language plpgsql volatile security definer set search_path = ''
as $$
begin
  delete from app.request_keys as k
  where k.caller = begin_request.caller and k.key_hash = begin_request.key_hash
    and k.began_at <= begin_request.forget_before;
  insert into app.request_keys as k (caller, key_hash, request_hash, began_at)
  values (begin_request.caller, begin_request.key_hash, begin_request.asked_hash,
          begin_request.at)
  on conflict do nothing;
  return query
  select found as is_new, k.request_hash, k.admitted, k.ended_at, k.status, k.content_type, k.body
  from app.request_keys as k
  where k.caller = begin_request.caller and k.key_hash = begin_request.key_hash;
end
$$;

create function app.end_request(
  caller text, key_hash bytea, admitted text[], at timestamptz, status integer,
  content_type text, body bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.request_keys as k
  set admitted = end_request.admitted, ended_at = end_request.at, status = end_request.status,
      content_type = end_request.content_type, body = end_request.body
  where k.caller = end_request.caller and k.key_hash = end_request.key_hash;
end;

create function app.drop_request(caller text, key_hash bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.request_keys as k
  where k.caller = drop_request.caller and k.key_hash = drop_request.key_hash
    and k.ended_at is null;
end;

create function app.count_reads(counted jsonb) returns void
language sql volatile security definer set search_path = ''
begin atomic
  insert into app.data_reads as known (shop_id, day, actor, kind, door, reads, last_at)
  select told.shop_id, told.day, told.actor, told.kind, told.door, told.reads, told.last_at
  from jsonb_to_recordset(counted) as told (
    shop_id text, day date, actor text, kind text, door text, reads bigint, last_at timestamptz)
  join app.shops as shop on shop.shop_id = told.shop_id
  order by told.shop_id, told.day, told.actor, told.kind, told.door
  on conflict (shop_id, day, actor, kind, door) do update
  set reads = known.reads + excluded.reads,
      last_at = greatest(known.last_at, excluded.last_at);
end;
