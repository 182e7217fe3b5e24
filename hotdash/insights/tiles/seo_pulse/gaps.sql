-- A query has no good page where even its best one stands behind the first page of results.
with by_page as (
  select
    searched.query,
    searched.page,
    sum(searched.clicks)::bigint as clicks,
    sum(searched.impressions)::bigint as impressions,
    sum(searched.position_sum) / nullif(sum(searched.impressions), 0) as position
  from serving.current_fct_search_days as searched
  where searched.shop_id = :shop_id and searched.day between :first and :last
  group by searched.query, searched.page
),
best as (
  select distinct on (by_page.query) by_page.query, by_page.page, by_page.position
  from by_page
  order by by_page.query, by_page.position, by_page.page
)
select
  best.query,
  sum(by_page.impressions)::bigint as impressions,
  sum(by_page.clicks)::bigint as clicks,
  round(best.position, 1) as position,
  best.page,
  count(*) over () as total
from best
join by_page on by_page.query = best.query
where best.position > :good_position
group by best.query, best.position, best.page
having sum(by_page.impressions) >= :least_impressions
order by impressions desc, best.query
limit :most
