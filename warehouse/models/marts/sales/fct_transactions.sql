with payments as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.is_counted,
    transactions.transaction_id,
    transactions.parent_id,
    coalesce(transactions.processed_at, transactions.created_at) as paid_at,
    transactions.kind,
    transactions.status,
    transactions.gateway,
    transactions.is_test,
    transactions.currency,
    coalesce(transactions.currency, orders.currency) = orders.currency as is_in_shop_currency,
    transactions.amount,
    coalesce(transactions.fee_amount, 0) as kept,
    -- Amounts and names of currencies; 0.0000 USD has no digit but noughts.
    translate(coalesce(transactions.other_fees, ''), '123456789', '') <> coalesce(transactions.other_fees, '')
      as has_other_fees
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  inner join {{ ref('stg_shopify__transactions') }} as transactions
    on {{ same_version('transactions', 'orders') }}
),

days as (
  {{ days_of_quarters('payments', ['paid_at']) }}
)

select
  payments.shop_id,
  payments.order_id,
  payments.transaction_id,
  payments.parent_id,
  payments.day,
  payments.paid_at,
  days.day as paid_day,
  payments.kind,
  payments.status,
  payments.gateway,
  coalesce(payments.is_test, false) as is_test,
  payments.is_counted,
  payments.currency,
  {{ money('payments.amount') }} as amount,
  {{ money(
    "case when not payments.has_other_fees and (payments.is_in_shop_currency or payments.kept = 0)"
    ~ " then payments.kept end"
  ) }} as fees
from payments
left join days
  on days.shop_id = payments.shop_id and days.begun_at = {{ quarter_hour('payments.paid_at') }}
