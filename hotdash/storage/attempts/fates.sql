select fate, count(*) as ids from followed group by fate order by fate
