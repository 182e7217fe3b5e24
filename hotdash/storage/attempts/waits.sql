-- In tenths of a second, so that there are never more rows than the longest wait has tenths.
select (date_diff('microsecond', first_at, ok_at) + 50000) // 100000 as tenths, count(*) as ids
from followed
where fate = 'recovered'
group by tenths
order by tenths
