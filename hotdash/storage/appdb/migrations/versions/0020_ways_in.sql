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
