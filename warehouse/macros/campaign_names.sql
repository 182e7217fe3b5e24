{#- Every name a platform ever told of a campaign, by reading; days told alike in one reading are one row. -#}
{% macro campaign_names(told) -%}
select
  told.shop_id,
  told.campaign_id,
  told.campaign_name,
  told.fetched_at,
  max(told.day) as day,
  told.load_id
from {{ told }} as told
where
  told.campaign_name is not null
  and told.load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
group by told.shop_id, told.campaign_id, told.campaign_name, told.fetched_at, told.load_id
{%- endmacro %}
