select
  shop.shop_id, shop.name, shop.timezone, shop.currency, shop.created_at,
  pointer.manifest_id, pointer.moved_at, pointer.pinned_at, pointer.pinned_by, pointer.pin_reason,
  asked.mart, mart.build_id, mart.as_of,
  (
    select jsonb_object_agg(entry.partition_key, entry.part)
    from serving.manifest_entries as entry
    where entry.shop_id = pointer.shop_id
      and entry.manifest_id = pointer.manifest_id
      and entry.mart = asked.mart
      and entry.row_count > 0
  ) as parts
from app.shops as shop
cross join unnest(cast(:marts as text[])) as asked (mart)
left join serving.published as pointer on pointer.shop_id = shop.shop_id
left join serving.manifest_marts as mart
  on mart.shop_id = pointer.shop_id
  and mart.manifest_id = pointer.manifest_id
  and mart.mart = asked.mart
where shop.shop_id = any(cast(:shop_ids as text[]))
