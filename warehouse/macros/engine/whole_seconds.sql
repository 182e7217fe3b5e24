{#- Whole seconds of real time from one instant to a later one, the rest of a second thrown away. -#}
{% macro whole_seconds(earlier, later) -%}
  {{ adapter.dispatch('whole_seconds')(earlier, later) }}
{%- endmacro %}

{% macro default__whole_seconds(earlier, later) -%}
  cast((epoch_us({{ later }}) - epoch_us({{ earlier }})) // 1000000 as bigint)
{%- endmacro %}

{% macro postgres__whole_seconds(earlier, later) -%}
  cast(trunc(extract(epoch from ({{ later }}) - ({{ earlier }}))) as bigint)
{%- endmacro %}

{#- The instant so many whole seconds later; the number may be a column. -#}
{% macro seconds_later(instant, number) -%}
  ({{ instant }} + {{ number }} * interval '1 second')
{%- endmacro %}

{#- The instant at which a minute of a local day begins; a minute that a night leaves out begins with the next. -#}
{% macro instant_at(day, minute, timezone) -%}
  ((cast({{ day }} as timestamp) + {{ minute }} * interval '1 minute') at time zone {{ timezone }})
{%- endmacro %}

{#- ISO weekday of a date, Monday being 1. -#}
{% macro iso_weekday(day) -%}
  cast(extract(isodow from {{ day }}) as bigint)
{%- endmacro %}
