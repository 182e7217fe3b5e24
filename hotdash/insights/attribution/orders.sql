-- The newest first; of orders of one instant the one with the higher number. One more than is shown tells that there are more.
with credits as (
  {credited}
),

of_orders as (
  select
    credits.order_id,
    credits.day,
    sum(credits.amount) as revenue,
    string_agg(distinct credits.channel, ', ' order by credits.channel) as channels,
    sum(credits.amount) filter (where credits.channel = cast(:channel as text)) as amount
  from credits
  group by credits.order_id, credits.day
  having cast(:channel as text) is null or bool_or(credits.channel = cast(:channel as text))
)

select
  told.order_id,
  told.day,
  told.processed_at,
  of_orders.revenue,
  of_orders.channels,
  coalesce(of_orders.amount, of_orders.revenue) as amount
from of_orders
inner join serving.fct_orders as told
  on told.order_id = of_orders.order_id
  and told.day = of_orders.day
  and told.shop_id = :shop_id
  and told.part = any(cast(:order_parts as bigint[]))
where
  cast(:before as bigint) is null
  or (told.processed_at, told.order_id) < (
    select mark.processed_at, mark.order_id
    from serving.fct_orders as mark
    where
      mark.shop_id = :shop_id
      and mark.part = any(cast(:order_parts as bigint[]))
      and mark.order_id = cast(:before as bigint)
  )
order by told.processed_at desc, told.order_id desc
limit :most
