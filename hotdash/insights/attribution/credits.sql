select
  touch_id, channel,
  last_click_share, last_click_amount, last_touch_share, last_touch_amount,
  first_click_share, first_click_amount, linear_share, linear_amount,
  position_share, position_amount, time_decay_share, time_decay_amount,
  markov_share, markov_amount, shapley_share, shapley_amount
from serving.current_fct_attributed_orders
where shop_id = :shop_id and order_id = :order_id and day = :day
