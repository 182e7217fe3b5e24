-- Of the oldest part that holds rows; by part, so that its index is enough.
select asked.shop_id, (
  select min(fact.day) from serving.{mart} as fact
  where fact.shop_id = asked.shop_id and fact.part = asked.part
) as first_day
from unnest(cast(:shop_ids as text[]), cast(:parts as bigint[])) as asked (shop_id, part)
