{{ candidate_of(ref('fct_revenue'), 'substr(' ~ iso_date('day') ~ ', 1, 7)') }}
union all
{{ candidate_of(ref('fct_orders'), 'substr(' ~ iso_date('day') ~ ', 1, 7)') }}
union all
{{ candidate_of(ref('dim_customers'), "'b' || lpad(cast(bucket as text), 2, '0')") }}
