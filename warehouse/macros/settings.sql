{#- The value of a shop-wide setting on a day, as a join under the setting's own name. -#}
{% macro join_setting(setting, of, day) -%}
  inner join {{ ref('int_operating_settings') }} as {{ setting }}
    on
      {{ setting }}.shop_id = {{ of }}.shop_id
      and {{ setting }}.setting = '{{ setting }}'
      and {{ setting }}.applies_to = 'shop'
      and {{ day }} >= {{ setting }}.valid_from
      and {{ day }} < {{ end_of(setting) }}
{%- endmacro %}

{#- Every day of a shop since the first one that newly decided values of these settings hold on. -#}
{% macro days_of_new_settings(settings) -%}
  select
    decided.shop_id,
    {{ days_from_to('min(decided.valid_from)', 'max(reach.day)') }} as day
  from {{ ref('int_operating_settings') }} as decided
  inner join {{ ref('int_reach') }} as reach on reach.shop_id = decided.shop_id
  where
    decided.is_news
    and decided.setting in ('{{ settings | join("', '") }}')
  group by decided.shop_id
{%- endmacro %}

{#- a / b rounded up, of whole numbers that are not negative. -#}
{% macro integer_quotient_up(dividend, divisor) -%}
  {{ integer_quotient('(' ~ dividend ~ ') + (' ~ divisor ~ ') - 1', divisor) }}
{%- endmacro %}
