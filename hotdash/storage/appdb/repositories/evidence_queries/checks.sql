-- What the checks found that did not pass, without their sample rows.
select shop_id, at, build_id, check_name, severity, status, failing_rows, sentence, owner, override_id
from app.check_results
where at >= :since and at < :until and status <> 'passed'
  and (cast(:shop as text) is null or shop_id = :shop)
order by at, shop_id, build_id, check_name
