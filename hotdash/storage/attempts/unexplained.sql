-- What a window of the other scope explains is no evidence here: a shop's refusals are met by its job runs too.
-- The denser one explains the other where their densities differ by four times what chance makes of so many
-- calls (one pair in thirty thousand differs so by chance); where they do not, the broader one does.
create or replace macro unexplained(of_scope) as table
with told as (
  select *, case of_scope when 'shop_id' then shop_id else job_run_id end as key from paces
),
paired as (
  select
    told.*,
    own.density is not null as has_own,
    other.density is not null as has_other,
    other.breadth > own.breadth as is_broader,
    other.density - own.density as denser_by,
    (other.density * other.calls + own.density * own.calls) / (other.calls + own.calls) as pooled,
    1.0 / other.calls + 1.0 / own.calls as fewness
  from told
  left join windows as own
    on own.scope = of_scope and own.key = told.key
    and moment between own.first_moment and own.last_moment
  left join windows as other
    on other.scope <> of_scope
    and other.key = case other.scope when 'shop_id' then shop_id else job_run_id end
    and moment between other.first_moment and other.last_moment
  where told.key <> ''
),
judged as (
  select *, 4 * sqrt(greatest(pooled * (1 - pooled), 0) * fewness) as by_chance from paired
),
seen as (
  select
    *,
    has_other and (
      not has_own or denser_by > by_chance or (denser_by >= -by_chance and is_broader)
    ) as is_explained
  from judged
)
select * exclude (has_own, has_other, is_broader, denser_by, pooled, fewness, by_chance, is_explained)
from seen
where not is_explained
