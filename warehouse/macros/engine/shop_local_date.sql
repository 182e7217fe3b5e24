{#- The day an instant falls on in a timezone. -#}
{% macro shop_local_date(instant, timezone) -%}
  {{ adapter.dispatch('shop_local_date')(instant, timezone) }}
{%- endmacro %}

{% macro default__shop_local_date(instant, timezone) -%}
  cast(({{ instant }}) at time zone {{ timezone }} as date)
{%- endmacro %}

{#- Names this engine can convert to; any other would abort the statement for every shop. -#}
{% macro known_timezones() -%}
  {{ adapter.dispatch('known_timezones')() }}
{%- endmacro %}

{% macro default__known_timezones() -%}
  select name from pg_timezone_names()
{%- endmacro %}
