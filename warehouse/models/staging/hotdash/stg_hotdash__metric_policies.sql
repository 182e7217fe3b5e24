with newest as (
  select
    load_id,
    row_number() over (partition by shop_id order by committed_at desc, load_id desc) as place
  from {{ ref('stg_hotdash__committed_loads') }}
  where source_name = 'hotdash'
),

decided as (
  select
    policies.shop_id,
    policies.policy,
    policies.value,
    policies.effective_from,
    row_number() over (
      partition by policies.shop_id, policies.policy, policies.effective_from
      order by policies.decided_at desc
    ) as place
  from {{ source('hotdash', 'metric_policies') }} as policies
  inner join newest on newest.load_id = policies.load_id and newest.place = 1
)

select
  shop_id,
  policy,
  value,
  effective_from
from decided
where place = 1
