-- A link that nobody opened yet lets somebody in as a session does.
create function app.end_my_other_ways_in(kept bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.sign_in_links as l where l.user_id = app.my_user() and l.used_at is null;
  delete from app.sessions as s
  where s.user_id = app.my_user() and s.token_hash <> end_my_other_ways_in.kept;
end;

-- What ended, by shop, so that each shop's records can say so.
create function app.revoke_my_tokens(at timestamptz, by text)
returns table (shop_id text, tokens uuid[])
language sql volatile security definer set search_path = ''
begin atomic
  with revoked as (
    update app.api_tokens as t
    set revoked_at = revoke_my_tokens.at, revoked_by = revoke_my_tokens.by
    where t.user_id = app.my_user() and app.my_token() is null
      and t.revoked_at is null and t.expires_at > revoke_my_tokens.at
    returning t.token_id
  )
  select opened.shop_id, array_agg(revoked.token_id order by revoked.token_id)
  from revoked
  join app.api_token_shops as opened using (token_id)
  where opened.shop_id = any(array(select app.my_shops()))
  group by opened.shop_id
  order by opened.shop_id;
end;

-- The same password in a dearer hash, unless it was changed since it was shown.
create function app.rehash_my_password(before text, dearer text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.users as u set password_hash = rehash_my_password.dearer
  where u.user_id = app.my_user() and u.password_hash = rehash_my_password.before;
end;

-- With a password that was right when it was read and is the one that holds now. The row is written,
-- so that a password changed at this very moment and this session cannot both come about.
create function app.open_session_by_password(
  token_hash bytea, user_id uuid, password_hash text, at timestamptz, expires_at timestamptz
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with proven as (
    update app.users as u set password_hash = u.password_hash
    where u.user_id = open_session_by_password.user_id and u.disabled_at is null
      and u.password_hash = open_session_by_password.password_hash
    returning u.user_id
  ), opened as (
    insert into app.sessions (token_hash, user_id, created_at, last_seen_at, expires_at)
    select open_session_by_password.token_hash, proven.user_id, open_session_by_password.at,
      open_session_by_password.at, open_session_by_password.expires_at
    from proven
    returning 1
  )
  select exists (select from opened);
end;

create function app.my_account() returns table (may_have_password boolean)
language sql stable security definer set search_path = ''
begin atomic
  select u.may_have_password from app.users as u where u.user_id = app.my_user();
end;

-- False of nobody, of whoever may have none, and when the password or the session it is changed from
-- ended since they were shown. The session is locked, so that it cannot end at this very moment.
create function app.set_my_password(before text, password_hash text, kept bytea) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with changed as (
    update app.users as u set password_hash = set_my_password.password_hash
    where u.user_id = app.my_user() and u.may_have_password
      and u.password_hash is not distinct from set_my_password.before
      and exists (select from app.sessions as s
                  where s.user_id = u.user_id and s.token_hash = set_my_password.kept)
    returning u.user_id
  ), held as (
    select s.user_id from app.sessions as s
    join changed using (user_id)
    where s.token_hash = set_my_password.kept
    for key share of s
  )
  select exists (select from held);
end;

create or replace function app.sign_in_account(email text)
returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, case when u.may_have_password then u.password_hash end
  from app.users as u
  where u.email = lower(sign_in_account.email) and u.disabled_at is null;
end;

-- Once they came in there, an invitation that nobody opened is over, and no password is set any more.
create or replace function app.bind_external(
  issuer text, subject text, email text, at timestamptz) returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  with bound as (
    insert into app.external_identities (issuer, subject, user_id, bound_at)
    select bind_external.issuer, bind_external.subject, u.user_id, bind_external.at
    from app.users as u
    where u.email = lower(bind_external.email) and u.disabled_at is null
    on conflict do nothing
    returning user_id
  ), without_password as (
    update app.users as u set may_have_password = false
    from bound
    where u.user_id = bound.user_id and u.password_hash is null
      and bind_external.issuer <> 'supabase'
  ), without_links as (
    delete from app.sign_in_links as l
    using bound
    where l.user_id = bound.user_id and l.used_at is null and bind_external.issuer <> 'supabase'
  )
  select bound.user_id from bound;
end;

create or replace function app.admit_external(
  issuer text, subject text, user_id uuid, email text, name text, role text, shops text[],
  at timestamptz) returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  with admitted as (
    insert into app.users (user_id, email, name, may_have_password)
    select admit_external.user_id, lower(admit_external.email), admit_external.name, false
    where admit_external.role <> 'owner'
      and exists (select from app.shops as shop
                  where shop.shop_id = any(admit_external.shops))
    on conflict do nothing
    returning user_id
  ), joined as (
    insert into app.memberships (shop_id, user_id, role, by_rule)
    select shop.shop_id, admitted.user_id, admit_external.role, true
    from admitted, app.shops as shop
    where shop.shop_id = any(admit_external.shops)
    returning user_id
  ), bound as (
    insert into app.external_identities (issuer, subject, user_id, bound_at, rule_shops)
    select admit_external.issuer, admit_external.subject, admitted.user_id, admit_external.at,
      array(select shop.shop_id from app.shops as shop
            where shop.shop_id = any(admit_external.shops) order by shop.shop_id)
    from admitted
    returning user_id
  )
  select bound.user_id from bound where exists (select from joined);
end;
