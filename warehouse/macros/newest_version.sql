{#-
  Of every entity of a staging model the version that holds: the one last changed at the vendor,
  unless a tombstone was read after it.
-#}
{% macro newest_version(model, key, changed_at='fetched_at') -%}
  select newest.*
  from (
    select
      versions.*,
      max(case when is_deleted then fetched_at end) over (partition by shop_id, {{ key }}) as deleted_at,
      row_number() over (
        partition by shop_id, {{ key }}
        order by
          case when is_deleted then 1 else 0 end,
          coalesce({{ changed_at }}, fetched_at) desc, fetched_at desc, load_id desc
      ) as place
    from {{ model }} as versions
  ) as newest
  where
    newest.place = 1
    and not newest.is_deleted
    and (newest.deleted_at is null or newest.deleted_at < newest.fetched_at)
{%- endmacro %}
