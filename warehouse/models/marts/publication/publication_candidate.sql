{{ candidate_of(ref('fct_revenue'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_orders'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_order_lines'), 'month', ref('int_affected_lines')) }}
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
union all
{{ candidate_of(ref('fct_ad_spend'), 'month', ref('int_affected_ad_days')) }}
union all
{{ candidate_of(ref('dim_products'), 'bucket') }}
union all
{{ candidate_of(ref('fct_cac'), 'month') }}
