-- What a denser window of the other scope explains is no evidence here: a shop's refusals are met by its job runs too.
with seen as (
  select
    paces.$KEY as key, moment, refused, others, first_us, refused_first_us, refused_last_us,
    other.density is not null
      and (own.density is null or other.density > 1.02 * own.density) as is_explained
  from paces
  left join windows as own
    on own.scope = '$KEY' and own.key = paces.$KEY
    and moment between own.first_moment and own.last_moment
  left join windows as other
    on other.scope <> '$KEY'
    and other.key = case other.scope when 'shop_id' then shop_id else job_run_id end
    and moment between other.first_moment and other.last_moment
  where paces.$KEY <> ''
)
select
  key, moment,
  cast(sum(refused) as bigint) as refused,
  cast(sum(others) as bigint) as others,
  min(first_us) as first_us,
  min(refused_first_us) as refused_first_us,
  max(refused_last_us) as refused_last_us
from seen
where not is_explained
group by key, moment
order by key, moment
