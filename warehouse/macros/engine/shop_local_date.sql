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
  {{ adapter.dispatch('quarter_hour')(instant) }}
{%- endmacro %}

{% macro default__quarter_hour(instant) -%}
  to_timestamp(floor(epoch({{ instant }}) / 900) * 900)
{%- endmacro %}

{% macro postgres__quarter_hour(instant) -%}
  to_timestamp(floor(extract(epoch from {{ instant }}) / 900) * 900)
{%- endmacro %}

{#-
  The shop's day of every quarter of an hour in which a row of the relation has one of its instants.
  A row finds its day by `quarter_hour` of its instant, because a conversion per row costs ten times as much.
-#}
{% macro days_of_quarters(relation, instants) -%}
  select
    quarters.shop_id,
    quarters.begun_at,
    {{ shop_local_date('quarters.begun_at', 'shops.timezone') }} as day
  from (
    {%- for instant in instants %}
    select {{ 'distinct' if instants | length == 1 }}
      shop_id,
      {{ quarter_hour(instant) }} as begun_at
    from {{ relation }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
  ) as quarters
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = quarters.shop_id
{%- endmacro %}

{#- Names this engine can convert to; any other would abort the statement for every shop. -#}
{% macro known_timezones() -%}
  {{ adapter.dispatch('known_timezones')() }}
{%- endmacro %}

{% macro default__known_timezones() -%}
  select name from pg_timezone_names()
{%- endmacro %}
