{#- The same as hotdash/base/email_hash.py: NULL where there is no address. -#}
{% macro email_hash(address) -%}
  {{ adapter.dispatch('email_hash')(
    "nullif(translate(trim(" ~ address ~ "), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), '')"
  ) }}
{%- endmacro %}

{% macro default__email_hash(normal) -%} sha256({{ normal }}) {%- endmacro %}
{% macro postgres__email_hash(normal) -%} encode(sha256(convert_to({{ normal }}, 'UTF8')), 'hex') {%- endmacro %}
