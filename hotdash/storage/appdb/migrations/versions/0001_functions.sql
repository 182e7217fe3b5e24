create function app.my_user() returns uuid
language sql stable set search_path = ''
return nullif(current_setting('hotdash.user_id', true), '')::uuid;

create function app.my_shops() returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select m.shop_id
  from app.memberships as m
  join app.users as u using (user_id)
  where m.user_id = app.my_user() and u.disabled_at is null;
end;

create function app.sign_in_account(email text)
returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.password_hash
  from app.users as u
  where u.email = lower(sign_in_account.email) and u.disabled_at is null;
end;

create function app.open_session(
  token_hash bytea, user_id uuid, at timestamptz, expires_at timestamptz
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with opened as (
    insert into app.sessions (token_hash, user_id, created_at, last_seen_at, expires_at)
    select open_session.token_hash, u.user_id, open_session.at, open_session.at,
           open_session.expires_at
    from app.users as u
    where u.user_id = open_session.user_id and u.disabled_at is null
    returning 1
  )
  select exists (select from opened);
end;

create function app.signed_in(token_hash bytea, at timestamptz)
returns table (user_id uuid, name text, email text, last_seen_at timestamptz,
               expires_at timestamptz, roles jsonb)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.name, u.email, s.last_seen_at, s.expires_at,
         coalesce(
           (select jsonb_object_agg(m.shop_id, m.role)
            from app.memberships as m where m.user_id = u.user_id),
           '{}'::jsonb)
  from app.sessions as s
  join app.users as u using (user_id)
  where s.token_hash = signed_in.token_hash
    and s.expires_at > signed_in.at
    and u.disabled_at is null;
end;

create function app.touch_session(token_hash bytea, at timestamptz) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.sessions as s set last_seen_at = touch_session.at
  where s.token_hash = touch_session.token_hash and s.last_seen_at < touch_session.at;
end;

create function app.close_session(token_hash bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.sessions as s where s.token_hash = close_session.token_hash;
end;

create function app.redeem_link(token_hash bytea, at timestamptz) returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  update app.sign_in_links as l set used_at = redeem_link.at
  from app.users as u
  where l.token_hash = redeem_link.token_hash
    and l.used_at is null
    and l.expires_at > redeem_link.at
    and u.user_id = l.user_id
    and u.disabled_at is null
  returning l.user_id;
end;

create function app.record_attempt(
  email_hash bytea, address text, at timestamptz, succeeded boolean
) returns void
language sql volatile security definer set search_path = ''
begin atomic
  insert into app.sign_in_attempts (email_hash, address, at, succeeded)
  values (record_attempt.email_hash, record_attempt.address, record_attempt.at,
          record_attempt.succeeded);
end;

create function app.failed_attempts(email_hash bytea, address text, since timestamptz)
returns table (of_account bigint, of_address bigint)
language sql stable security definer set search_path = ''
begin atomic
  select
    (select count(*) from app.sign_in_attempts as a
     where a.email_hash = failed_attempts.email_hash and a.at > greatest(
       failed_attempts.since,
       (select max(s.at) from app.sign_in_attempts as s
        where s.email_hash = failed_attempts.email_hash and s.succeeded))
     and not a.succeeded),
    (select count(*) from app.sign_in_attempts as a
     where a.address = failed_attempts.address and a.at > failed_attempts.since
       and not a.succeeded);
end;

create function app.set_my_password(password_hash text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.users as u set password_hash = set_my_password.password_hash
  where u.user_id = app.my_user();
end;

create function audit.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'audit.events is append-only: % is refused', tg_op
    using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete on audit.events
for each row execute function audit.refuse_change();

create trigger append_only_all before truncate on audit.events
for each statement execute function audit.refuse_change();
