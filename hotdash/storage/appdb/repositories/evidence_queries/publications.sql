-- What was published and what was kept back, mart by mart.
select shop_id, at, build_id, mart, outcome, reasons, manifest_id
from app.publication_outcomes
where at >= :since and at < :until
  and (cast(:shop as text) is null or shop_id = :shop)
order by at, shop_id, build_id, mart
