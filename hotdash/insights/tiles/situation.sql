with latest as (
  select outcome.build_id, outcome.outcome, outcome.reasons
  from app.publication_outcomes as outcome
  where outcome.shop_id = :shop_id and outcome.mart = :mart
  order by outcome.at desc, outcome.build_id desc
  limit 1
),
trusted as (
  select coalesce(max(outcome.at), '-infinity') as at
  from app.publication_outcomes as outcome
  where outcome.shop_id = :shop_id and outcome.mart = :mart and outcome.outcome <> 'blocked'
)
select
  latest.outcome,
  latest.reasons,
  (
    select min(outcome.at) from app.publication_outcomes as outcome, trusted
    where outcome.shop_id = :shop_id
      and outcome.mart = :mart
      and outcome.outcome = 'blocked'
      and outcome.at >= trusted.at
  ) as blocked_since,
  (
    select jsonb_agg(jsonb_build_array(result.sentence, result.mend) order by result.check_name)
    from app.check_results as result
    where result.shop_id = :shop_id
      and result.build_id = latest.build_id
      and result.severity = 'blocking'
      and result.status = 'failed'
      and :mart = any(result.marts)
  ) as failed_checks,
  (
    select jsonb_agg(jsonb_build_object(
      'kind', work.kind,
      'since', work.since,
      'first_day', work.first_day,
      'last_day', work.last_day,
      'share_done', work.share_done::text,
      'ends_about', work.ends_about
    ))
    from app.work_under_way(:shop_id) as work
  ) as work_under_way
from (select) as always
left join latest on true
