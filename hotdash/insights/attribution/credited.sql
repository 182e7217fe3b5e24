-- With a window of its own the touches say who has each order, else the published credits do.
with decided as (
  select
    credit.order_id,
    credit.day,
    credit.channel,
    coalesce(credit.platform, '') as platform,
    coalesce(credit.campaign, '') as campaign,
    case cast(:model as text)
      when 'last_click' then credit.last_click_share
      when 'last_touch' then credit.last_touch_share
      when 'first_click' then credit.first_click_share
      when 'linear' then credit.linear_share
      when 'position' then credit.position_share
      when 'time_decay' then credit.time_decay_share
      when 'markov' then credit.markov_share
      when 'shapley' then credit.shapley_share
    end as share,
    case cast(:model as text)
      when 'last_click' then credit.last_click_amount
      when 'last_touch' then credit.last_touch_amount
      when 'first_click' then credit.first_click_amount
      when 'linear' then credit.linear_amount
      when 'position' then credit.position_amount
      when 'time_decay' then credit.time_decay_amount
      when 'markov' then credit.markov_amount
      when 'shapley' then credit.shapley_amount
    end as amount
  from serving.fct_attributed_orders as credit
  where
    credit.shop_id = :shop_id
    and credit.part = any(cast(:credit_parts as bigint[]))
    and credit.day between :first and :last
    and cast(:seconds as bigint) is null
),

whole as (
  select credit.order_id, credit.day, sum(credit.last_click_amount) as amount
  from serving.fct_attributed_orders as credit
  where
    credit.shop_id = :shop_id
    and credit.part = any(cast(:credit_parts as bigint[]))
    and credit.day between :first and :last
    and cast(:seconds as bigint) is not null
  group by credit.order_id, credit.day
),

winners as (
  select distinct on (touch.order_id, touch.day)
    touch.order_id,
    touch.day,
    touch.channel,
    coalesce(touch.platform, '') as platform,
    coalesce(touch.campaign, '') as campaign
  from serving.fct_touches as touch
  where
    touch.shop_id = :shop_id
    and touch.part = any(cast(:touch_parts as bigint[]))
    and touch.day between :first and :last
    and touch.age_seconds <= cast(:seconds as bigint)
    and (touch.is_click or cast(:model as text) = 'last_touch')
  order by
    touch.order_id,
    touch.day,
    case cast(:model as text) when 'first_click' then -touch.place else touch.place end
)

select order_id, day, channel, platform, campaign, share, amount
from decided
where share <> 0
union all
select
  whole.order_id,
  whole.day,
  coalesce(winners.channel, 'Direct / None'),
  coalesce(winners.platform, ''),
  coalesce(winners.campaign, ''),
  1000000,
  whole.amount
from whole
left join winners on winners.order_id = whole.order_id and winners.day = whole.day
