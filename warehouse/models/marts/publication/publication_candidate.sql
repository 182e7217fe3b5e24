{{ candidate_of(ref('fct_revenue'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_orders'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_order_lines'), 'month', ref('int_affected_lines')) }}
union all
{{ candidate_of(ref('fct_shopify_report'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_sales_reconciliation'), 'month', ref('int_affected_report_days')) }}
union all
{{ candidate_of(ref('fct_margins'), 'month', ref('int_affected_margins')) }}
union all
{{ candidate_of(ref('dim_customers'), 'bucket') }}
union all
{{ candidate_of(ref('fct_sessions'), 'month', ref('int_affected_web')) }}
union all
{{ candidate_of(ref('fct_landing_pages'), 'month', ref('int_affected_web')) }}
union all
{{ candidate_of(ref('fct_search_days'), 'month', ref('int_affected_web')) }}
union all
{{ candidate_of(ref('fct_search_totals'), 'month', ref('int_affected_web')) }}
union all
{{ candidate_of(ref('fct_conversations'), 'month', ref('int_affected_support')) }}
union all
{{ candidate_of(ref('fct_sla_events'), 'month', ref('int_affected_support')) }}
union all
{{ candidate_of(ref('fct_inventory_days'), 'month', ref('int_affected_stock')) }}
union all
{{ candidate_of(ref('fct_inventory'), 'bucket') }}
union all
{{ candidate_of(ref('fct_stock_levels'), 'bucket') }}
union all
{{ candidate_of(ref('fct_fulfillments'), 'month', ref('int_affected_shipments')) }}
union all
{{ candidate_of(ref('fct_growth'), 'month') }}
union all
{{ candidate_of(ref('dim_shops'), 'bucket') }}
union all
{{ candidate_of(ref('dim_shop_plans'), 'bucket') }}
union all
{{ candidate_of(ref('dim_exchange_rates'), 'bucket') }}
union all
{{ candidate_of(ref('fct_customers'), 'month', ref('int_affected_partitions')) }}
union all
{{ candidate_of(ref('fct_cohorts'), 'month') }}
union all
{{ candidate_of(ref('fct_customer_value'), 'month') }}
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
union all
{{ candidate_of(ref('fct_cac'), 'month') }}
