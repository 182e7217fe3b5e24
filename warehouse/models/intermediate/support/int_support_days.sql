{#-
  A span of working time is the difference of two sums of this calendar, so it is exact also on the
  nights in which clocks are changed. New hours hold from the day after they were told, for what is
  opened from then on: no conversation is measured by hours that came after it.
-#}
with weekdays as (
  select
    settings.shop_id,
    settings.load_id,
    settings.fetched_at,
    settings.weekday,
    settings.opens_minute,
    settings.closes_minute,
    timezones.name as timezone,
    settings.first_response_minutes * 60 as first_reply_seconds,
    settings.resolution_minutes * 60 as resolution_seconds
  from {{ ref('stg_chatwoot__sla_settings') }} as settings
  inner join ({{ known_timezones() }}) as timezones on timezones.name = settings.timezone
  where not settings.is_deleted
),

versions as (
  select
    weekdays.shop_id,
    weekdays.load_id,
    weekdays.fetched_at,
    min(weekdays.timezone) as timezone,
    max(weekdays.first_reply_seconds) as first_reply_seconds,
    max(weekdays.resolution_seconds) as resolution_seconds,
    sum(coalesce(weekdays.closes_minute - weekdays.opens_minute, 0)) * 60 as weekly_seconds
  from weekdays
  group by weekdays.shop_id, weekdays.load_id, weekdays.fetched_at
),

told as (
  select
    versions.*,
    {{ shop_local_date('versions.fetched_at', 'shops.timezone') }} as told_on
  from versions
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = versions.shop_id
),

ranked as (
  select
    told.*,
    row_number() over (partition by shop_id order by told_on, fetched_at, load_id) as place,
    row_number() over (partition by shop_id, told_on order by fetched_at desc, load_id desc) as place_of_day
  from told
),

{#- Until the day after the first telling the very first hours hold; of later ones the last of a day. -#}
begun as (
  select ranked.*, date '1970-01-01' as valid_from from ranked where place = 1
  union all
  select ranked.*, ranked.told_on + 1 as valid_from from ranked where place_of_day = 1
),

periods as (
  select
    begun.*,
    lead(begun.valid_from) over (partition by begun.shop_id order by begun.valid_from) as valid_before
  from begun
),

opened as (
  select
    shop_id,
    min(created_at) as first_opened_at
  from {{ ref('stg_chatwoot__conversations') }}
  where not is_deleted
  group by shop_id
),

spine as (
  select
    periods.shop_id,
    periods.load_id,
    periods.fetched_at,
    periods.valid_from,
    periods.valid_before,
    periods.timezone,
    periods.first_reply_seconds,
    periods.resolution_seconds,
    {{ days_from_to(
      shop_local_date('opened.first_opened_at', 'periods.timezone') ~ ' - 1',
      days_later(
        shop_local_date('reach.reached_at', 'periods.timezone'),
        '21 + coalesce(7 * ' ~ integer_quotient(
          'greatest(coalesce(periods.first_reply_seconds, 0), coalesce(periods.resolution_seconds, 0))',
          'periods.weekly_seconds'
        ) ~ ', 0)'
      )
    ) }} as day
  from periods
  inner join opened on opened.shop_id = periods.shop_id
  inner join {{ ref('int_reach') }} as reach
    on reach.shop_id = periods.shop_id and reach.subject = 'support'
),

measured as (
  select
    spine.*,
    {{ instant_at('spine.day', 'weekdays.opens_minute', 'spine.timezone') }} as opens_at,
    coalesce(
      {{ whole_seconds(
        instant_at('spine.day', 'weekdays.opens_minute', 'spine.timezone'),
        instant_at('spine.day', 'weekdays.closes_minute', 'spine.timezone')
      ) }},
      0
    ) as working_seconds
  from spine
  left join weekdays
    on
      weekdays.shop_id = spine.shop_id
      and weekdays.load_id = spine.load_id
      and weekdays.fetched_at = spine.fetched_at
      and weekdays.weekday = {{ iso_weekday('spine.day') }}
)

select
  shop_id,
  valid_from,
  valid_before,
  day,
  timezone,
  opens_at,
  working_seconds,
  {{ count_of('sum(working_seconds) over (partition by shop_id, valid_from order by day) - working_seconds') }}
    as seconds_before,
  first_reply_seconds,
  resolution_seconds
from measured
