with known_products as (
  {{ product_states(of_built=true) }}
),

products as (
  {{ product_states() }}
),

changed_products as (
  select
    products.shop_id,
    products.product_id
  from products
  left join known_products
    on
      known_products.shop_id = products.shop_id
      and known_products.product_id = products.product_id
  where
    '{{ var("mode") }}' <> 'full'
    and (
      known_products.product_id is null
      or known_products.category <> products.category
      or known_products.title <> products.title
    )
),

known_starts as (
  {{ cost_starts(of_built=true) }}
),

starts as (
  {{ cost_starts() }}
),

changed_costs as (
  select
    coalesce(starts.shop_id, known_starts.shop_id) as shop_id,
    coalesce(starts.variant_id, known_starts.variant_id) as variant_id,
    min(coalesce(starts.valid_from, known_starts.valid_from)) as valid_from
  from starts
  full outer join known_starts
    on
      known_starts.shop_id = starts.shop_id
      and known_starts.variant_id = starts.variant_id
      and known_starts.valid_from = starts.valid_from
  where
    '{{ var("mode") }}' <> 'full'
    and (
      starts.variant_id is null
      or known_starts.variant_id is null
      or known_starts.unit_cost <> starts.unit_cost
    )
  group by
    coalesce(starts.shop_id, known_starts.shop_id),
    coalesce(starts.variant_id, known_starts.variant_id)
)

select shop_id, day from {{ ref('int_affected_partitions') }}
union
select
  lines.shop_id,
  lines.day
from {{ ref('int_order_lines') }} as lines
inner join changed_products
  on changed_products.shop_id = lines.shop_id and changed_products.product_id = lines.product_id
union
select
  lines.shop_id,
  lines.day
from {{ ref('int_order_lines') }} as lines
inner join changed_costs
  on
    changed_costs.shop_id = lines.shop_id
    and changed_costs.variant_id = lines.variant_id
    and changed_costs.valid_from <= lines.day
