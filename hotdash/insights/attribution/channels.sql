with credits as (
  {credited}
),

known as (
  select distinct row.day, row.platform
  from serving.fct_roas as row
  where
    row.shop_id = :shop_id
    and row.part = any(cast(:roas_parts as bigint[]))
    and row.day between :first and :last
    and row.is_spend_known
    and row.platform <> ''
),

firsts as (
  select told.order_id, told.day
  from serving.fct_orders as told
  where
    told.shop_id = :shop_id
    and told.part = any(cast(:order_parts as bigint[]))
    and told.day between :first and :last
    and told.is_first_order
),

-- A campaign stands under the name it had last, whichever of its names or its id a link wrote.
called as (
  select
    told.platform,
    told.campaign_id,
    told.campaign_name,
    max(told.day) as last_day
  from serving.fct_ad_spend as told
  where
    told.shop_id = :shop_id
    and told.part = any(cast(:ad_parts as bigint[]))
    and told.campaign_name is not null
  group by told.platform, told.campaign_id, told.campaign_name
),

newest as (
  select distinct on (platform, campaign_id) platform, campaign_id, campaign_name as name
  from called
  order by platform, campaign_id, last_day desc, campaign_name
),

spellings as (
  select distinct on (spelled.platform, spelled.spelling) spelled.platform, spelled.spelling, spelled.name
  from (
    select
      called.platform,
      newest.name,
      newest.campaign_id,
      called.campaign_name = newest.name as is_current,
      unnest(array[
        trim(lower(replace(called.campaign_name, '+', ' '))),
        replace(trim(lower(replace(called.campaign_name, '+', ' '))), ' ', '-'),
        cast(called.campaign_id as text)
      ]) as spelling
    from called
    inner join newest on newest.platform = called.platform and newest.campaign_id = called.campaign_id
  ) as spelled
  where spelled.spelling <> ''
  order by spelled.platform, spelled.spelling, spelled.is_current desc, spelled.name, spelled.campaign_id
)

select
  credits.channel,
  credits.platform,
  coalesce(spellings.name, credits.campaign) as campaign,
  sum(credits.share) as share,
  sum(credits.amount) as amount,
  coalesce(sum(credits.amount) filter (where known.day is not null), 0) as known_amount,
  coalesce(sum(credits.share) filter (where firsts.order_id is not null), 0) as first_share,
  coalesce(
    sum(credits.share) filter (where firsts.order_id is not null and known.day is not null), 0
  ) as known_first_share
from credits
left join known on known.day = credits.day and known.platform = credits.platform
left join firsts on firsts.order_id = credits.order_id and firsts.day = credits.day
left join spellings on spellings.platform = credits.platform and spellings.spelling = credits.campaign
group by credits.channel, credits.platform, coalesce(spellings.name, credits.campaign)
