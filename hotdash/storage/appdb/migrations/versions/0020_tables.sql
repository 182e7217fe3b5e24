-- Whoever comes in by another service leaves with it: a password of their own would stay.
alter table app.users add column may_have_password boolean not null default true;

-- A role that a rule gave, and the shops that a rule named and did not take again; of whom no rule
-- let in, none.
alter table app.memberships add column by_rule boolean not null default false;
alter table app.external_identities add column rule_shops text[];

update app.memberships as m set by_rule = true
where m.role <> 'owner'
  and exists (
    select from audit.events as admitted
    where admitted.shop_id = m.shop_id and admitted.action = 'person admitted by rule'
      and admitted.subject = 'user:' || m.user_id::text
      and not exists (
        select from audit.events as since
        where since.shop_id = m.shop_id and since.action = 'role given'
          and since.subject = admitted.subject and since.at >= admitted.at));

-- Until now no rule took anything: a shop they were admitted to that is not theirs was taken by hand.
update app.external_identities as i
set rule_shops = admitted.shops
from (
  select subject, array_agg(distinct shop_id order by shop_id) as shops
  from audit.events where action = 'person admitted by rule' group by subject
) as admitted
where i.issuer <> 'supabase' and admitted.subject = 'user:' || i.user_id::text;

update app.users as u set may_have_password = false
where exists (
  select from app.external_identities as i
  where i.user_id = u.user_id and i.issuer <> 'supabase'
    and (u.password_hash is null or i.rule_shops is not null));
