select
  shop.shop_id, shop.name, shop.timezone, shop.currency, pointer.manifest_id,
  (
    select jsonb_object_agg(mart.mart, mart.as_of)
    from serving.manifest_marts as mart
    where mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id
  ) as marts
from app.shops as shop
left join serving.published as pointer on pointer.shop_id = shop.shop_id
where shop.shop_id = :shop_id
