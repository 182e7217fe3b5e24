{#- An order of a shop is one row, on one day. -#}
{{ config(meta={
  'severity': 'blocking',
  'measures': 'uniqueness',
  'owner': 'data',
  'why': 'An order stands there more than once and would be counted so.',
  'mend': 'Run `hotdash run --full`; if it stays, report it with the sample rows.',
}) }}
select
  shop_id,
  order_id,
  count(*) as times,
  count(distinct day) as days
from {{ rows_like_asked(ref('fct_orders'), 'order_id') }} as orders
group by shop_id, order_id
having count(*) > 1
