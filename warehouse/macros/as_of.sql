{#-
  The instant a run computes for, and its day. Only here, and only as text that is a value: the statements
  of a command are kept and sent again for other instants (hotdash/pipeline/transform/kept_statements.py).
-#}
{% macro as_of() -%} cast('{{ var("as_of") }}' as timestamptz) {%- endmacro %}

{% macro as_of_day() -%} {{ shop_local_date(as_of(), "'UTC'") }} {%- endmacro %}
