{#- What looks like an e-mail address in any text column. -#}
{% test no_personal_data(model) %}
{%- set texts = described_columns(model) | selectattr('data_type', 'equalto', 'text') | map(attribute='name') | list -%}
select distinct shop_id, 'looks like an e-mail address' as finding
from {{ model }}
where {% for column in texts %}{{ column }} like '%@%.%'{% if not loop.last %} or {% endif %}{% endfor %}
{% if not texts %} 1 = 0 {% endif %}
{% endtest %}
