{#- Whatever was charged for was sold in lines; an order without any has lost them on the way. -#}
{{ config(meta={
  'severity': 'blocking',
  'measures': 'completeness',
  'owner': 'data',
  'why': 'An order that was charged for has no lines, so nothing of it is counted as sold.',
  'mend': 'Read the orders anew with `hotdash run --reread`; if it stays, look into the quarantine of the lines.',
}) }}
select
  orders.shop_id,
  orders.order_id,
  orders.total_price
from {{ asked_rows(ref('int_orders'), beside=[ref('int_order_lines')]) }} as orders
left join {{ asked_rows(ref('int_order_lines'), beside=[ref('int_orders')]) }} as lines
  on lines.shop_id = orders.shop_id and lines.order_id = orders.order_id and lines.day = orders.day
where orders.total_price > 0 and lines.order_id is null
