{#- What a regular expression's one group finds in a text; NULL where nothing fits. -#}
{% macro regex_group(text, pattern) -%}
  {{ adapter.dispatch('regex_group')(text, pattern) }}
{%- endmacro %}

{% macro default__regex_group(text, pattern) -%}
  nullif(regexp_extract({{ text }}, '{{ pattern }}', 1), '')
{%- endmacro %}

{% macro postgres__regex_group(text, pattern) -%}
  nullif(substring({{ text }} from '{{ pattern }}'), '')
{%- endmacro %}

{% macro regex_fits(text, pattern) -%}
  {{ adapter.dispatch('regex_fits')(text, pattern) }}
{%- endmacro %}

{% macro default__regex_fits(text, pattern) -%}
  regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__regex_fits(text, pattern) -%}
  ({{ text }} ~ '{{ pattern }}')
{%- endmacro %}

{#- Every percent sign begins a byte, and the bytes are UTF-8 without NUL: what can be decoded. -#}
{% macro is_percent_encoded(text) -%}
  {%- set follows = '%[89ABab][0-9A-Fa-f]' -%}
  {{ regex_fits(text, [
    '^([^%]',
    '%(0[1-9A-Fa-f]|[1-7][0-9A-Fa-f])',
    '%([Cc][2-9A-Fa-f]|[Dd][0-9A-Fa-f])' ~ follows,
    '%[Ee]0%[ABab][0-9A-Fa-f]' ~ follows,
    '%[Ee][1-9A-CEFa-cef]' ~ follows ~ follows,
    '%[Ee][Dd]%[89][0-9A-Fa-f]' ~ follows,
    '%[Ff]0%[9ABab][0-9A-Fa-f]' ~ follows ~ follows,
    '%[Ff][1-3]' ~ follows ~ follows ~ follows,
    '%[Ff]4%8[0-9A-Fa-f]' ~ follows ~ follows ~ ')*$'
  ] | join('|')) }}
{%- endmacro %}

{#- Decoded once; what cannot be decoded stays as it was written. -#}
{% macro percent_decoded(text) -%}
  case
    when strpos({{ text }}, '%') = 0 then {{ text }}
    when {{ is_percent_encoded(text) }} then {{ adapter.dispatch('decoded_bytes')(text) }}
    else {{ text }}
  end
{%- endmacro %}

{% macro default__decoded_bytes(text) -%} url_decode({{ text }}) {%- endmacro %}

{% macro postgres__decoded_bytes(text) -%}
  (
    select convert_from(
      decode(
        string_agg(
          case
            when parts.part[1] like '\%%' then substr(parts.part[1], 2)
            else encode(convert_to(parts.part[1], 'UTF8'), 'hex')
          end, '' order by parts.place
        ), 'hex'
      ), 'UTF8'
    )
    from regexp_matches({{ text }}, '(%[0-9A-Fa-f]{2}|[^%]+)', 'g') with ordinality as parts (part, place)
  )
{%- endmacro %}

{#- Whole seconds from an earlier instant to a later one, begun seconds counted. -#}
{% macro seconds_between(earlier, later) -%}
  {{ adapter.dispatch('seconds_between')(earlier, later) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
  (epoch_us({{ later }}) - epoch_us({{ earlier }}) + 999999) // 1000000
{%- endmacro %}

{% macro postgres__seconds_between(earlier, later) -%}
  cast(ceil(extract(epoch from ({{ later }}) - ({{ earlier }}))) as bigint)
{%- endmacro %}
