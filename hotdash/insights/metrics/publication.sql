select
  shop.shop_id, shop.name, shop.timezone, shop.currency,
  pointer.manifest_id, pointer.moved_at, pointer.pinned_at, pointer.pinned_by, pointer.pin_reason,
  mart.build_id, mart.as_of,
  (
    select min(revenue.day) from serving.current_fct_revenue as revenue
    where revenue.shop_id = shop.shop_id
  ) as first_day
from app.shops as shop
left join serving.published as pointer on pointer.shop_id = shop.shop_id
left join serving.manifest_marts as mart
  on mart.shop_id = pointer.shop_id
  and mart.manifest_id = pointer.manifest_id
  and mart.mart = 'fct_revenue'
where shop.shop_id = :shop_id
