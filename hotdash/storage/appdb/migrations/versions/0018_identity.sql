-- Supabase's gateway sets the role and the claims of a request and knows no setting of ours; our own
-- web server sets ours and no claims. Neither may speak in the words of the other.
create or replace function app.my_user() returns uuid
language sql stable security definer set search_path = ''
begin atomic
  select case
    when current_setting('role') in ('anon', 'authenticated', 'service_role') then (
      select i.user_id
      from app.external_identities as i
      where i.issuer = 'supabase'
        and i.subject
          = nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
    else nullif(current_setting('hotdash.user_id', true), '')::uuid
  end;
end;

create function app.my_token() returns uuid
language sql stable set search_path = ''
return nullif(current_setting('hotdash.token_id', true), '')::uuid;

create or replace function app.my_shops() returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select m.shop_id
  from app.memberships as m
  join app.users as u using (user_id)
  where m.user_id = app.my_user() and u.disabled_at is null
    and (app.my_token() is null or exists (
      select from app.api_token_shops as t
      where t.shop_id = m.shop_id and t.token_id = app.my_token()));
end;
