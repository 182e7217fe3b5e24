create or replace function app.my_shops() returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select m.shop_id
  from app.memberships as m
  join app.users as u using (user_id)
  where m.user_id = app.my_user() and u.disabled_at is null;
end;

create or replace function app.my_user() returns uuid
language sql stable security invoker set search_path = ''
return nullif(current_setting('hotdash.user_id', true), '')::uuid;

drop function app.my_token();
drop table app.data_reads;
drop table app.request_keys;
drop table app.external_identities;
drop table app.api_token_shops;
drop table app.api_tokens;
