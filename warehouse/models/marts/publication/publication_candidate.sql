{{ candidate_of(ref('fct_revenue'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_orders'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('dim_customers'), 'bucket') }}
union all
{{ candidate_of(ref('dim_shops'), 'bucket') }}
union all
{{ candidate_of(ref('fct_customers'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_cohorts'), 'month') }}
union all
{{ candidate_of(ref('fct_customer_value'), 'month') }}
