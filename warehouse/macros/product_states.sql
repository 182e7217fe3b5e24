{#-
  The newest record of every product there ever was, with its category by the newest rules; as all
  loads tell it, or as those told it that finished builds have computed.
-#}
{% macro product_states(of_built=false) -%}
  {%- set newest = [('products', 'product_id', 'stg_shopify__products'), ('variants', 'variant_id', 'stg_shopify__variants')] -%}
  with
  {%- for name, key, model in newest %}
  {{ name }} as (
    {{ newest_records(ref(model), key, of_built) }}
  ),
  {%- endfor %}

  searched as (
    select shop_id, product_id, 'product_type' as field, {{ without_capitals('product_type') }} as words from products
    union all
    select shop_id, product_id, 'tags', ', ' || {{ without_capitals('tags') }} || ', ' from products
    union all
    select shop_id, product_id, 'sku', {{ without_capitals('sku') }} from variants
  ),

  rules as (
    select
      field,
      case when field = 'tags' then ', ' || pattern || ', ' else pattern end as words,
      category,
      place,
      'v' || cast(rules_version as text) || '/' || cast(place as text) as rule_name
    from {{ ref('product_category_rules') }}
    where rules_version = (select max(rules_version) from {{ ref('product_category_rules') }})
  ),

  decided as (
    select
      searched.shop_id,
      searched.product_id,
      rules.category,
      rules.rule_name,
      row_number() over (
        partition by searched.shop_id, searched.product_id
        order by rules.place, rules.rule_name
      ) as rank_of_rule
    from searched
    inner join rules on rules.field = searched.field and strpos(searched.words, rules.words) > 0
  )

  select
    products.shop_id,
    products.product_id,
    products.title,
    products.handle,
    products.product_type,
    products.vendor,
    products.status,
    products.created_at,
    coalesce(decided.category, 'Other') as category,
    decided.rule_name as category_rule
  from products
  left join decided
    on
      decided.shop_id = products.shop_id
      and decided.product_id = products.product_id
      and decided.rank_of_rule = 1
{%- endmacro %}

{#-
  What a piece of a variant cost the shop, from which day on: only what changed, and the first known
  cost holds for all days before. A record without a cost, or in another currency, says nothing.
-#}
{% macro cost_starts(of_built=false) -%}
  with variants as (
    {{ newest_records(ref('stg_shopify__variants'), 'variant_id', of_built) }}
  ),

  told as (
    select
      items.shop_id,
      items.inventory_item_id,
      items.unit_cost,
      {{ shop_local_date('coalesce(items.updated_at, items.fetched_at)', 'shops.timezone') }} as day,
      coalesce(items.updated_at, items.fetched_at) as told_at,
      items.fetched_at,
      items.load_id
    from {{ ref('stg_shopify__inventory_items') }} as items
    inner join {{ ref('int_shops') }} as shops on shops.shop_id = items.shop_id
    {%- if of_built %}
    inner join {{ ref('stg_hotdash__committed_loads') }} as loads
      on loads.load_id = items.load_id and loads.is_built
    {%- endif %}
    where
      not items.is_deleted
      and items.unit_cost is not null
      and coalesce(items.cost_currency, shops.currency) = shops.currency
  ),

  of_day as (
    select
      *,
      row_number() over (
        partition by shop_id, inventory_item_id, day
        order by told_at desc, fetched_at desc, load_id desc
      ) as place
    from told
    where day is not null
  ),

  changes as (
    select
      shop_id,
      inventory_item_id,
      unit_cost,
      day,
      lag(unit_cost) over (partition by shop_id, inventory_item_id order by day) as cost_before
    from of_day
    where place = 1
  )

  select
    variants.shop_id,
    variants.variant_id,
    {{ money('changes.unit_cost') }} as unit_cost,
    case when changes.cost_before is null then date '0001-01-01' else changes.day end as valid_from
  from variants
  inner join changes
    on
      changes.shop_id = variants.shop_id
      and changes.inventory_item_id = variants.inventory_item_id
  where changes.cost_before is null or changes.cost_before <> changes.unit_cost
{%- endmacro %}

{#- Of each key the newest record that is no tombstone. -#}
{% macro newest_records(versions, key, of_built=false) -%}
  select *
  from (
    select
      versions.*,
      row_number() over (
        partition by versions.shop_id, versions.{{ key }}
        order by coalesce(versions.updated_at, versions.fetched_at) desc, versions.fetched_at desc, versions.load_id desc
      ) as place_of_version
    from {{ versions }} as versions
    {%- if of_built %}
    inner join {{ ref('stg_hotdash__committed_loads') }} as loads
      on loads.load_id = versions.load_id and loads.is_built
    {%- endif %}
    where not versions.is_deleted
  ) as ranked
  where place_of_version = 1
{%- endmacro %}

{#- Engines lower other letters than these each in their own way. -#}
{% macro without_capitals(words) -%}
  translate({{ words }}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')
{%- endmacro %}
