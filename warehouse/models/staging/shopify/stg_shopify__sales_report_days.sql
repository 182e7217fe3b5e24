select
  told.shop_id,
  told.load_id,
  told.fetched_at,
  told.day,
  told.orders,
  told.gross_sales,
  told.discounts,
  told.returns,
  told.net_sales,
  told.shipping,
  told.taxes,
  told.total_sales
from {{ source('shopify', 'shopify_sales_report_days') }} as told
inner join {{ ref('stg_hotdash__slice_days') }} as days
  on
    days.shop_id = told.shop_id
    and days.table_name = 'shopify_sales_report_days'
    and days.day = told.day
    and days.load_id = told.load_id
    and days.fetched_at = told.fetched_at
