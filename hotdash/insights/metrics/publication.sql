select
  shop.shop_id, shop.name, shop.timezone, shop.currency, shop.created_at,
  shown.manifest_id, given.manifest_id as given_id, manifest.manifest_id is not null as is_there,
  pointer.moved_at, pointer.pinned_at, pointer.pinned_by, pointer.pin_reason,
  asked.mart, mart.build_id, mart.as_of,
  (
    select jsonb_object_agg(entry.partition_key, entry.part)
    from serving.manifest_entries as entry
    where entry.shop_id = shop.shop_id
      and entry.manifest_id = shown.manifest_id
      and entry.mart = asked.mart
      and entry.row_count > 0
  ) as parts
from app.shops as shop
cross join unnest(cast(:marts as text[])) as asked (mart)
left join serving.published as pointer on pointer.shop_id = shop.shop_id
left join unnest(cast(:given_shops as text[]), cast(:given_manifests as uuid[]))
  as given (shop_id, manifest_id)
  on given.shop_id = shop.shop_id
cross join lateral (
  select coalesce(given.manifest_id, pointer.manifest_id) as manifest_id
) as shown
left join serving.manifests as manifest
  on manifest.shop_id = shop.shop_id and manifest.manifest_id = shown.manifest_id
left join serving.manifest_marts as mart
  on mart.shop_id = shop.shop_id
  and mart.manifest_id = shown.manifest_id
  and mart.mart = asked.mart
where shop.shop_id = any(cast(:shop_ids as text[]))
