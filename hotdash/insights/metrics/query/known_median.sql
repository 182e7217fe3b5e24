select known.value
from serving.order_value_medians as known
where known.shop_id = :shop_id
  and known.manifest_id = :manifest_id
  and known.first_day = :first
  and known.last_day = :last
  and known.definition = :definition
