create or replace function app.admit_external(
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

create or replace function app.bind_external(issuer text, subject text, email text, at timestamptz)
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

create or replace function app.sign_in_account(email text)
returns table (user_id uuid, password_hash text)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.password_hash
  from app.users as u
  where u.email = lower(sign_in_account.email) and u.disabled_at is null;
end;

create function app.set_my_password(password_hash text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update app.users as u set password_hash = set_my_password.password_hash
  where u.user_id = app.my_user();
end;

create function app.close_my_other_sessions(kept bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.sessions as s
  where s.user_id = app.my_user() and s.token_hash <> close_my_other_sessions.kept;
end;

alter table app.external_identities drop column rule_shops;
alter table app.memberships drop column by_rule;
alter table app.users drop column may_have_password;
