-- Of which ad platforms a day's cost is not known; an empty text where the shop has no ad source.
select distinct row.platform
from serving.current_fct_roas as row
where
  row.shop_id = :shop_id
  and row.day between :first and :last
  and (row.spend is null or (row.platform <> '' and not row.is_spend_known))
order by row.platform
