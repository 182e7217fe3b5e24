{{ candidate_of(ref('fct_revenue'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_orders'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_order_lines'), 'month', ref('int_affected_lines')) }}
union all
{{ candidate_of(ref('dim_customers'), 'bucket') }}
union all
{{ candidate_of(ref('fct_ad_spend'), 'month', ref('int_affected_ad_days')) }}
union all
{{ candidate_of(ref('fct_touches'), 'month', ref('int_affected_journeys')) }}
union all
{{ candidate_of(ref('fct_attributed_orders'), 'month', ref('int_affected_credits')) }}
union all
{{ candidate_of(ref('dim_products'), 'bucket') }}
union all
{{ candidate_of(ref('fct_roas'), 'month', ref('int_affected_roas_days')) }}
union all
{{ candidate_of(ref('fct_link_problems'), 'month', ref('int_affected_touch_days')) }}
