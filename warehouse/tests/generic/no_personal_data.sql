{#-
  What looks like an e-mail address or a telephone number in any text column: a number of at least
  ten digits after a plus, or one in the American way, so that no date and no part number is meant.
  Texts are looked at once each, because a million rows share a few thousand of them.
-#}
{% test no_personal_data(model) %}
{%- set email = '[^@ /?&=]+@[^@ /?&=]+[.][A-Za-z][A-Za-z]' -%}
{%- set phone = '[+][1-9]([ ().-]?[0-9]){9}|[(][2-9][0-9][0-9][)] ?[0-9][0-9][0-9]-[0-9][0-9][0-9][0-9]' -%}
{%- set texts = described_columns(model) | selectattr('data_type', 'equalto', 'text') | map(attribute='name') | reject('in', ['shop_id', 'touch_id', 'timezone', 'currency']) | list -%}
with texts as (
  {%- for column in texts %}
  select distinct shop_id, '{{ column }}' as text_column, {{ column }} as told from {{ asked_rows(model) }} as facts
  {%- if not loop.last %}
  union all
  {%- endif %}
  {%- endfor %}
)

select
  shop_id,
  text_column,
  case when {{ matches('told', email) }} then 'looks like an e-mail address' else 'looks like a telephone number' end as finding,
  count(*) as texts
from texts
where {{ matches('told', email) }} or {{ matches('told', phone) }}
group by 1, 2, 3
{% endtest %}
