select
  growth.day, growth.currency, growth.days_in_12m,
  growth.revenue_12m, growth.revenue_12m_before, growth.revenue_91d, growth.revenue_91d_before,
  coalesce(
    (
      select setting.value from app.operating_settings as setting
      where
        setting.shop_id = growth.shop_id
        and setting.setting = 'growth_target'
        and setting.applies_to = 'shop'
        and setting.effective_from <= growth.day
      order by setting.effective_from desc, setting.decided_at desc
      limit 1
    ),
    :target
  ) as target
from serving.current_fct_growth as growth
where growth.shop_id = :shop_id and growth.day <= :last
order by growth.day desc
limit 1
