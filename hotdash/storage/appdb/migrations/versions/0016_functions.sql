-- What a person answers from the web, by their role in this shop. False where it was answered
-- already or their role does not allow it.
create function app.answer_recommendation(
  shop_id text, recommendation_id uuid, answer text, at timestamptz, until timestamptz,
  decision_id uuid, told jsonb
) returns boolean
language sql volatile security definer set search_path = ''
begin atomic
  with answered as (
    update app.recommendations as r
    set
      status = answer_recommendation.answer,
      snoozed_until = case
        when answer_recommendation.answer = 'snoozed' then answer_recommendation.until
      end,
      snoozed_magnitude = case
        when answer_recommendation.answer = 'snoozed' then r.magnitude
      end,
      closed_at = case
        when answer_recommendation.answer <> 'snoozed' then answer_recommendation.at
      end,
      updated_at = answer_recommendation.at,
      decision_id = answer_recommendation.decision_id
    where
      r.shop_id = answer_recommendation.shop_id
      and r.recommendation_id = answer_recommendation.recommendation_id
      and r.status in ('open', 'snoozed')
      and answer_recommendation.answer in ('approved', 'rejected', 'snoozed')
      and exists (
        select from app.memberships as m
        join app.users as u on u.user_id = m.user_id
        where
          m.shop_id = answer_recommendation.shop_id
          and m.user_id = app.my_user()
          and m.role in ('operator', 'manager', 'owner')
          and u.disabled_at is null)
    returning r.shop_id, r.recommendation_id, r.rank, r.magnitude
  ), kept as (
    insert into app.recommendation_events (
      shop_id, recommendation_id, at, event, actor, rank, magnitude, detail)
    select
      answered.shop_id, answered.recommendation_id, answer_recommendation.at,
      answer_recommendation.answer, 'user:' || app.my_user(), answered.rank, answered.magnitude,
      coalesce(answer_recommendation.told, '{}')
    from answered
    returning 1
  )
  select exists (select from kept);
end;
