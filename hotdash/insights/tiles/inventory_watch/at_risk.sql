select sum(item.money_at_risk) as at_risk
from serving.current_fct_inventory as item
where item.shop_id = :shop_id and item.money_at_risk > 0
