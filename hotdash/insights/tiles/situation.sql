with latest as (
  select distinct on (outcome.mart)
    outcome.mart, outcome.build_id, outcome.outcome, outcome.reasons
  from app.publication_outcomes as outcome
  where outcome.shop_id = :shop_id and outcome.mart = any(cast(:marts as text[]))
  order by outcome.mart, outcome.at desc, outcome.build_id desc
)
select
  latest.mart,
  latest.outcome,
  latest.reasons,
  case when latest.outcome = 'blocked' then (
    select min(told.at)
    from app.publication_outcomes as told
    where told.shop_id = :shop_id
      and told.mart = latest.mart
      and told.outcome = 'blocked'
      and told.at >= coalesce((
        select max(passed.at)
        from app.publication_outcomes as passed
        where passed.shop_id = :shop_id
          and passed.mart = latest.mart
          and passed.outcome <> 'blocked'
      ), '-infinity')
  ) end as blocked_since,
  case when latest.outcome = 'blocked' then (
    select jsonb_agg(jsonb_build_array(result.sentence, result.mend, result.check_name) order by result.check_name)
    from app.check_results as result
    where result.shop_id = :shop_id
      and result.build_id = latest.build_id
      and result.severity = 'blocking'
      and result.status = 'failed'
      and latest.mart = any(result.marts)
  ) end as failed_checks,
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
order by latest.mart
