{%- for mart, affected in marts_of_days().items() %}
{{ days_of(ref(mart), ref(affected)) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
