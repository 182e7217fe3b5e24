{{ offer_of_months(marts_of_days(), ref('publication_days')) }}
{%- for mart, partition_by in marts_made_whole().items() %}
union all
{{ offer_of_all(ref(mart), partition_by) }}
{%- endfor %}
