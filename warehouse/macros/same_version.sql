{#- A child belongs to one version of its order and is replaced with it. -#}
{% macro same_version(child, order) -%}
  {% for column in ['shop_id', 'order_id', 'load_id', 'fetched_at'] -%}
  {{ child }}.{{ column }} = {{ order }}.{{ column }}{% if not loop.last %} and {% endif %}
  {%- endfor %}
{%- endmacro %}
