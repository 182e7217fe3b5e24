{#- Records of a source's newest load; once a later load brings none, the matter is closed. -#}
{% test nothing_quarantined(model) %}
with newest as (
  select
    load_id,
    row_number() over (partition by shop_id, source_name order by committed_at desc, load_id desc) as place
  from {{ ref('stg_hotdash__committed_loads') }}
)

select
  quarantined.shop_id,
  quarantined.table_name,
  quarantined.reason,
  count(*) as times
from {{ model }} as quarantined
inner join newest on newest.load_id = quarantined.load_id and newest.place = 1
group by quarantined.shop_id, quarantined.table_name, quarantined.reason
{% endtest %}
