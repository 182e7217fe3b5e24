(
  select fact.*, coalesce(plans.plan_tier, 'unknown') as plan_tier
  from {relation} as fact
  left join serving.dim_shop_plans as plans
    on plans.shop_id = fact.shop_id
    and plans.part = any(cast(:plan_parts as bigint[]))
    and fact.day >= plans.valid_from
    and fact.day < coalesce(plans.valid_before, date 'infinity')
)
