{#- Of so many days of the shop, of which the last is so many days ago. -#}
{%- macro revenue_of_days(days, ago=0) -%}
  sum(revenue) over (
    partition by shop_id order by day rows between {{ ago + days - 1 }} preceding and {{ ago }} preceding
  )
{%- endmacro -%}
