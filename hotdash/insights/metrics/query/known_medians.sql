select known.first_day, known.last_day, known.value
from serving.order_value_medians as known
where known.shop_id = :shop_id
  and known.manifest_id = :manifest_id
  and known.definition = :definition
  and (known.first_day, known.last_day) in (
    select * from unnest(cast(:first_days as date[]), cast(:last_days as date[]))
  )
