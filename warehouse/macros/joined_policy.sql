{#- Joins what a shop decided for the row's day as <policy>.value; NULL where it decided nothing. -#}
{% macro joined_policy(policy, rows) -%}
  left join {{ ref('int_policy_periods') }} as {{ policy }}
    on
      {{ policy }}.shop_id = {{ rows }}.shop_id
      and {{ policy }}.policy = '{{ policy }}'
      and {{ rows }}.day >= {{ policy }}.valid_from
      and {{ rows }}.day < {{ end_of(policy) }}
{%- endmacro %}
