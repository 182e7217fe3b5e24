-- Whose order it is; a guest without an address has no key.
select customer_key as person_key
from serving.current_fct_orders
where shop_id = :shop_id and order_id = :number
limit 1
