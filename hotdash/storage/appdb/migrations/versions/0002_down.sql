drop function app.work_under_way(text);
drop view api.published_marts, api.fct_revenue, api.fct_orders, api.dim_customers;
drop schema api;
drop view serving.current_fct_revenue, serving.current_fct_orders, serving.current_dim_customers;
drop table serving.published, serving.manifest_entries, serving.manifest_marts, serving.manifests,
  serving.parts, serving.fct_revenue, serving.fct_orders, serving.dim_customers;
drop schema serving;
