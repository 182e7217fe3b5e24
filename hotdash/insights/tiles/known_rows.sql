select known.found
from serving.tile_rows as known
where known.shop_id = :shop_id
  and known.manifest_id = :manifest_id
  and known.tile = any(cast(:tiles as text[]))
  and known.span = :span
  and known.compared = :compared
