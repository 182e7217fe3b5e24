-- First of all: its `e.*` holds on to the column.
drop function app.tell_backfill(text, uuid, text, timestamptz, jsonb);
drop index audit.backfills_in_turn;
alter table audit.backfills drop column previous_event;

-- What a person may say about a backfill from the web, by their role in this shop. Nobody approves
-- their own, but an owner with nobody beside them, ten minutes later and with the deviation named.
create function app.tell_backfill(
  shop_id text, backfill_id uuid, status text, at timestamptz, told jsonb
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with teller as (
    select u.user_id, 'user:' || u.user_id as actor, m.role
    from app.memberships as m
    join app.users as u on u.user_id = m.user_id
    where m.shop_id = tell_backfill.shop_id
      and m.user_id = app.my_user()
      and u.disabled_at is null
  ), events as (
    select e.* from audit.backfills as e
    where e.shop_id = tell_backfill.shop_id and e.backfill_id = tell_backfill.backfill_id
  ), newest as (
    select e.* from events as e order by e.event_id desc limit 1
  ), requested as (
    select teller.actor as triggered_by, tell_backfill.at as triggered_at,
      (tell_backfill.told->>'date_from')::date as date_from,
      (tell_backfill.told->>'date_to')::date as date_to,
      array(select jsonb_array_elements_text(tell_backfill.told->'models')) as models,
      array(select jsonb_array_elements_text(tell_backfill.told->'sources')) as sources,
      (tell_backfill.told->>'refetch')::boolean as refetch,
      tell_backfill.told->>'reason' as reason,
      tell_backfill.told->>'environment' as environment,
      tell_backfill.told->>'plan_hash' as plan_hash,
      null::text as approved_by,
      tell_backfill.told->>'incident_ref' as incident_ref,
      null::text as deviation
    from teller
    where tell_backfill.status = 'requested'
      and teller.role in ('analyst', 'engineer', 'owner')
      and not exists (select from events)
      and exists (
        select from app.backfill_plans as plan
        where plan.shop_id = tell_backfill.shop_id
          and plan.plan_id = tell_backfill.backfill_id
          and plan.plan_hash = tell_backfill.told->>'plan_hash'
          and plan.expires_at > tell_backfill.at)
  ), answered as (
    select newest.triggered_by, newest.triggered_at, newest.date_from, newest.date_to,
      newest.models, newest.sources, newest.refetch, newest.reason, newest.environment,
      newest.plan_hash,
      case when tell_backfill.status = 'approved' then teller.actor else newest.approved_by end,
      coalesce(tell_backfill.told->>'incident_ref', newest.incident_ref),
      tell_backfill.told->>'deviation'
    from teller, newest
    where case tell_backfill.status
      when 'approved' then newest.status = 'requested'
        and teller.role in ('manager', 'owner')
        and (teller.actor <> newest.triggered_by or (
          teller.role = 'owner'
          and tell_backfill.told->>'deviation' is not null
          and tell_backfill.at >= newest.at + interval '10 minutes'
          and not exists (
            select from app.memberships as other
            join app.users as u on u.user_id = other.user_id
            where other.shop_id = tell_backfill.shop_id
              and other.user_id <> teller.user_id
              and other.role in ('manager', 'owner')
              and u.disabled_at is null)))
      when 'refused' then newest.status = 'requested' and teller.role in ('manager', 'owner')
      when 'aborted' then newest.status in ('requested', 'approved')
        and (teller.role in ('engineer', 'manager', 'owner')
             or teller.actor = newest.triggered_by)
      else false
    end
  ), kept as (
    insert into audit.backfills (
      shop_id, backfill_id, at, status, triggered_by, triggered_at, date_from, date_to, models,
      sources, refetch, reason, environment, plan_hash, approved_by, incident_ref, deviation,
      detail)
    select tell_backfill.shop_id, tell_backfill.backfill_id, tell_backfill.at,
      tell_backfill.status, said.*,
      coalesce(tell_backfill.told->'detail', '{}') || jsonb_build_object('by', teller.actor)
    from (select * from requested union all select * from answered) as said, teller
    returning 1
  )
  select exists (select from kept);
end;
