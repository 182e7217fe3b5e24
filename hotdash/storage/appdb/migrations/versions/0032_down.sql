-- Shop, credential and, where the shop is new, its owner: once for a state that was just used.
create or replace function app.finish_install(
  state_hash bytea, at timestamptz, shop_id text, name text, timezone text, currency text,
  ciphertext bytea
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with pass as (
    update app.install_passes as p set finished_at = finish_install.at
    where p.pass_hash = finish_install.state_hash
      and p.kind = 'state'
      and p.used_at is not null
      and p.finished_at is null
      and p.used_at > finish_install.at - interval '10 minutes'
    returning p.vendor, p.account, p.user_id
  ), saved as (
    insert into app.shops as s (shop_id, name, vendor_domain, timezone, currency)
    select finish_install.shop_id, finish_install.name, pass.account, finish_install.timezone,
           finish_install.currency
    from pass
    on conflict on constraint shops_pkey do update set
      name = excluded.name, timezone = excluded.timezone, currency = excluded.currency
      where s.vendor_domain = excluded.vendor_domain
    returning s.shop_id
  ), owned as (
    insert into app.memberships (shop_id, user_id, role)
    select saved.shop_id, pass.user_id, 'owner'
    from saved, pass
    where pass.user_id is not null and not exists (
      select from app.memberships as m where m.shop_id = saved.shop_id)
    on conflict do nothing
  ), sealed as (
    insert into app.credentials as c (shop_id, vendor, ciphertext, updated_at)
    select saved.shop_id, pass.vendor, finish_install.ciphertext, finish_install.at
    from saved, pass
    on conflict on constraint credentials_pkey do update set
      ciphertext = excluded.ciphertext, updated_at = excluded.updated_at
  ), forgiven as (
    delete from app.source_states as f using saved, pass
    where f.shop_id = saved.shop_id and f.source = pass.vendor and f.state = 'rejected'
  )
  select exists (select from saved);
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
