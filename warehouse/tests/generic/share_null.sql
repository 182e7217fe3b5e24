{#-
  Shops in which the column is empty in so many percent, or more, of the last thirty days' rows.
  A handful of rows, fewer than `least`, is no share.
-#}
{% test share_null(model, column, percent, least=20, of_rows='true') %}
select
  shop_id,
  count(*) as all_rows,
  sum(case when {{ column }} is null then 1 else 0 end) as empty_rows
from {{ model }}
where
  day > {{ days_later(as_of_day(), -30) }}
  and {{ of_rows }}
group by shop_id
having
  count(*) >= {{ least }}
  and sum(case when {{ column }} is null then 1 else 0 end) * 100 >= {{ percent }} * count(*)
{% endtest %}
