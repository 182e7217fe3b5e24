select
  key, moment,
  cast(sum(refused) as bigint) as refused,
  cast(sum(others) as bigint) as others,
  min(first_us) as first_us,
  min(refused_first_us) as refused_first_us,
  max(refused_last_us) as refused_last_us,
  max(rests_until_us) as rests_until_us
from unexplained('$KEY')
group by key, moment
order by key, moment
