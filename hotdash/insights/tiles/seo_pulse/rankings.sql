with by_query as (
  select
    searched.query,
    searched.day between :first and :last as is_now,
    sum(searched.clicks)::bigint as clicks,
    sum(searched.impressions)::bigint as impressions,
    round(sum(searched.position_sum) / nullif(sum(searched.impressions), 0), 1) as position
  from serving.current_fct_search_days as searched
  where
    searched.shop_id = :shop_id
    and (
      searched.day between :first and :last
      or searched.day between cast(:base_first as date) and cast(:base_last as date)
    )
  group by 1, 2
)
select
  now.query, now.clicks, now.impressions, now.position, before.position as position_before,
  count(*) over () as total
from by_query as now
left join by_query as before on before.query = now.query and not before.is_now
where now.is_now
order by now.clicks desc, now.impressions desc, now.query
limit :most
