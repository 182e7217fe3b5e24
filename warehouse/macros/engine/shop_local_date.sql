{#- The day an instant falls on in a timezone. -#}
{% macro shop_local_date(instant, timezone) -%}
  {{ adapter.dispatch('shop_local_date')(instant, timezone) }}
{%- endmacro %}

{% macro default__shop_local_date(instant, timezone) -%}
  cast(({{ instant }}) at time zone {{ timezone }} as date)
{%- endmacro %}

{#-
  The quarter of an hour an instant lies in. No day of today's timezones begins within one, so many instants
  can be told apart by day at the price of few conversions, which are dear.
-#}
{% macro quarter_hour(instant) -%}
  {{ begun_period(instant, 900) }}
{%- endmacro %}

{#- When the period of so many seconds that an instant lies in began. -#}
{% macro begun_period(instant, seconds) -%}
  {{ adapter.dispatch('begun_period')(instant, seconds) }}
{%- endmacro %}

{% macro default__begun_period(instant, seconds) -%}
  to_timestamp(floor(epoch({{ instant }}) / {{ seconds }}) * {{ seconds }})
{%- endmacro %}

{% macro postgres__begun_period(instant, seconds) -%}
  to_timestamp(floor(extract(epoch from {{ instant }}) / {{ seconds }}) * {{ seconds }})
{%- endmacro %}

{#-
  The shop's day of every quarter of an hour in which a row of the relation has one of its instants.
  A row finds its day by `quarter_hour` of its instant, because a conversion per row costs ten times as much.
  Where the first and the last quarter of three hours lie on one day, so do those between them unconverted.
-#}
{% macro days_of_quarters(relation, instants) -%}
  with quarters as (
    {%- for instant in instants %}
    select {{ 'distinct' if instants | length == 1 }}
      shop_id,
      {{ quarter_hour(instant) }} as begun_at
    from {{ relation }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
  ),

  hours as (
    select
      begun.shop_id,
      begun.hours_begun_at,
      shops.timezone,
      {{ shop_local_date('begun.hours_begun_at', 'shops.timezone') }} as first_day,
      {{ shop_local_date("begun.hours_begun_at + interval '165 minutes'", 'shops.timezone') }} as last_day
    from (select distinct shop_id, {{ begun_period('begun_at', 10800) }} as hours_begun_at from quarters) as begun
    inner join {{ ref('int_shops') }} as shops on shops.shop_id = begun.shop_id
  )

  select
    quarters.shop_id,
    quarters.begun_at,
    case
      when hours.first_day = hours.last_day then hours.first_day
      else {{ shop_local_date('quarters.begun_at', 'hours.timezone') }}
    end as day
  from quarters
  inner join hours
    on hours.shop_id = quarters.shop_id and hours.hours_begun_at = {{ begun_period('quarters.begun_at', 10800) }}
{%- endmacro %}

{#- Names this engine can convert to; any other would abort the statement for every shop. -#}
{% macro known_timezones() -%}
  {{ adapter.dispatch('known_timezones')() }}
{%- endmacro %}

{% macro default__known_timezones() -%}
  select name from pg_timezone_names()
{%- endmacro %}
