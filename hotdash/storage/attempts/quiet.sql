-- How much of five minutes is refused usually: the median, which windows do not move.
with blocks as (
  select moment // 60 as block, sum(refused) as refused, sum(refused + others) as calls
  from paces
  group by block
)
select quantile_disc(refused / calls, 0.5) as share from blocks
