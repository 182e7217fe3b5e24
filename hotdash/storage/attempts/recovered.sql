select ok_attempt as attempt, count(*) as ids
from followed
where fate = 'recovered'
group by attempt
order by attempt
limit 100
