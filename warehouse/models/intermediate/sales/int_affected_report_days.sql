select shop_id, day from {{ ref('int_affected_partitions') }}
union
{{ days_read(['shopify_sales_report_days']) }}
