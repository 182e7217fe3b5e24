-- Sessions of each landing page in the weeks that end with the newest judged day; week 0 is the newest.
with newest as materialized (
  select max(page.day) as day
  from serving.current_fct_landing_pages as page
  where page.shop_id = :shop_id and page.is_judged
)
select
  newest.day as last_day,
  page.page,
  (newest.day - page.day) / 7 as week,
  sum(page.sessions)::bigint as sessions
from newest
join serving.current_fct_landing_pages as page
  on page.shop_id = :shop_id and page.day > newest.day - 7 * :weeks and page.day <= newest.day
group by 1, 2, 3
