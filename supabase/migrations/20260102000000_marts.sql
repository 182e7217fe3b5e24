-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

create table serving.fct_ad_spend (
            shop_id text not null, part bigint not null, day date not null, platform text not null, campaign_id bigint not null, account_id bigint, campaign_name text, account_currency text not null, account_timezone text, currency text, spend numeric(20,4), account_spend numeric(20,4), impressions bigint, clicks bigint, reported_conversions numeric(20,4), reported_value numeric(20,4), account_reported_value numeric(20,4), reported_click_conversions numeric(20,4), account_reported_click_value numeric(20,4), primary key (shop_id, part, day, platform, campaign_id, account_currency)
        );
        
        alter table serving.fct_ad_spend enable row level security;
        revoke all on table serving.fct_ad_spend from public;
        create policy web on serving.fct_ad_spend to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_ad_spend to hotdash_web;

drop view if exists api.fct_ad_spend;
drop view if exists serving.current_fct_ad_spend;
create view serving.current_fct_ad_spend with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.platform, fact.campaign_id, fact.account_id, fact.campaign_name, fact.account_currency, fact.account_timezone, fact.currency, fact.spend, fact.account_spend, fact.impressions, fact.clicks, fact.reported_conversions, fact.reported_value, fact.account_reported_value, fact.reported_click_conversions, fact.account_reported_click_value
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_ad_spend as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_ad_spend'
;
            revoke all on table serving.current_fct_ad_spend from public;
            grant select on table serving.current_fct_ad_spend to hotdash_web;
create view api.fct_ad_spend with (security_invoker = true) as select shop_id, day, platform, campaign_id, account_id, campaign_name, account_currency, account_timezone, currency, spend, account_spend, impressions, clicks, reported_conversions, reported_value, account_reported_value, reported_click_conversions, account_reported_click_value from serving.current_fct_ad_spend;
            revoke all on table api.fct_ad_spend from public;
            grant select on table api.fct_ad_spend to hotdash_web;

create table serving.fct_attributed_orders (
            shop_id text not null, part bigint not null, order_id bigint not null, touch_id text not null, day date, currency text, channel text, platform text, source text, medium text, campaign text, last_click_share bigint, last_click_amount numeric(20,4), last_touch_share bigint, last_touch_amount numeric(20,4), first_click_share bigint, first_click_amount numeric(20,4), linear_share bigint, linear_amount numeric(20,4), position_share bigint, position_amount numeric(20,4), time_decay_share bigint, time_decay_amount numeric(20,4), markov_share bigint, markov_amount numeric(20,4), shapley_share bigint, shapley_amount numeric(20,4), primary key (shop_id, part, order_id, touch_id)
        );
        create index fct_attributed_orders_by_day on serving.fct_attributed_orders (shop_id, part, day);
        alter table serving.fct_attributed_orders enable row level security;
        revoke all on table serving.fct_attributed_orders from public;
        create policy web on serving.fct_attributed_orders to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_attributed_orders to hotdash_web;

drop view if exists api.fct_attributed_orders;
drop view if exists serving.current_fct_attributed_orders;
create view serving.current_fct_attributed_orders with (security_invoker = true) as 
    select fact.shop_id, fact.order_id, fact.touch_id, fact.day, fact.currency, fact.channel, fact.platform, fact.source, fact.medium, fact.campaign, fact.last_click_share, fact.last_click_amount, fact.last_touch_share, fact.last_touch_amount, fact.first_click_share, fact.first_click_amount, fact.linear_share, fact.linear_amount, fact.position_share, fact.position_amount, fact.time_decay_share, fact.time_decay_amount, fact.markov_share, fact.markov_amount, fact.shapley_share, fact.shapley_amount
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_attributed_orders as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_attributed_orders'
;
            revoke all on table serving.current_fct_attributed_orders from public;
            grant select on table serving.current_fct_attributed_orders to hotdash_web;
create view api.fct_attributed_orders with (security_invoker = true) as select shop_id, order_id, touch_id, day, currency, channel, platform, source, medium, campaign, last_click_share, last_click_amount, last_touch_share, last_touch_amount, first_click_share, first_click_amount, linear_share, linear_amount, position_share, position_amount, time_decay_share, time_decay_amount, markov_share, markov_amount, shapley_share, shapley_amount from serving.current_fct_attributed_orders;
            revoke all on table api.fct_attributed_orders from public;
            grant select on table api.fct_attributed_orders to hotdash_web;

create table serving.fct_link_problems (
            shop_id text not null, part bigint not null, day date not null, problem text not null, utm_source text not null, utm_medium text not null, utm_campaign text not null, source text not null, medium text not null, channel text not null, touches bigint, primary key (shop_id, part, day, problem, utm_source, utm_medium, utm_campaign, source, medium, channel)
        );
        
        alter table serving.fct_link_problems enable row level security;
        revoke all on table serving.fct_link_problems from public;
        create policy web on serving.fct_link_problems to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_link_problems to hotdash_web;

drop view if exists api.fct_link_problems;
drop view if exists serving.current_fct_link_problems;
create view serving.current_fct_link_problems with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.problem, fact.utm_source, fact.utm_medium, fact.utm_campaign, fact.source, fact.medium, fact.channel, fact.touches
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_link_problems as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_link_problems'
;
            revoke all on table serving.current_fct_link_problems from public;
            grant select on table serving.current_fct_link_problems to hotdash_web;
create view api.fct_link_problems with (security_invoker = true) as select shop_id, day, problem, utm_source, utm_medium, utm_campaign, source, medium, channel, touches from serving.current_fct_link_problems;
            revoke all on table api.fct_link_problems from public;
            grant select on table api.fct_link_problems to hotdash_web;

create table serving.fct_roas (
            shop_id text not null, part bigint not null, day date not null, channel text not null, platform text not null, campaign text not null, currency text, spend numeric(20,4), known_spend numeric(20,4), reported_conversions numeric(20,4), reported_value numeric(20,4), impressions bigint, clicks bigint, credited_orders bigint, sourced_orders bigint, attributed_revenue numeric(20,4), last_click_revenue numeric(20,4), last_touch_revenue numeric(20,4), first_click_revenue numeric(20,4), linear_revenue numeric(20,4), position_revenue numeric(20,4), time_decay_revenue numeric(20,4), markov_revenue numeric(20,4), shapley_revenue numeric(20,4), is_spend_known boolean, primary key (shop_id, part, day, channel, platform, campaign)
        );
        
        alter table serving.fct_roas enable row level security;
        revoke all on table serving.fct_roas from public;
        create policy web on serving.fct_roas to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_roas to hotdash_web;

drop view if exists api.fct_roas;
drop view if exists serving.current_fct_roas;
create view serving.current_fct_roas with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.channel, fact.platform, fact.campaign, fact.currency, fact.spend, fact.known_spend, fact.reported_conversions, fact.reported_value, fact.impressions, fact.clicks, fact.credited_orders, fact.sourced_orders, fact.attributed_revenue, fact.last_click_revenue, fact.last_touch_revenue, fact.first_click_revenue, fact.linear_revenue, fact.position_revenue, fact.time_decay_revenue, fact.markov_revenue, fact.shapley_revenue, fact.is_spend_known
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_roas as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_roas'
;
            revoke all on table serving.current_fct_roas from public;
            grant select on table serving.current_fct_roas to hotdash_web;
create view api.fct_roas with (security_invoker = true) as select shop_id, day, channel, platform, campaign, currency, spend, known_spend, reported_conversions, reported_value, impressions, clicks, credited_orders, sourced_orders, attributed_revenue, last_click_revenue, last_touch_revenue, first_click_revenue, linear_revenue, position_revenue, time_decay_revenue, markov_revenue, shapley_revenue, is_spend_known from serving.current_fct_roas;
            revoke all on table api.fct_roas from public;
            grant select on table api.fct_roas to hotdash_web;

create table serving.fct_touches (
            shop_id text not null, part bigint not null, order_id bigint not null, touch_id text not null, day date, place bigint, click_place bigint, touched_at timestamptz, age_seconds bigint, origin text, named_by text, source text, medium text, campaign text, channel text, rule_rank bigint, platform text, is_paid boolean, is_click boolean, utm_problem text, referrer_host text, primary key (shop_id, part, order_id, touch_id)
        );
        create index fct_touches_by_day on serving.fct_touches (shop_id, part, day);
        alter table serving.fct_touches enable row level security;
        revoke all on table serving.fct_touches from public;
        create policy web on serving.fct_touches to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_touches to hotdash_web;

drop view if exists api.fct_touches;
drop view if exists serving.current_fct_touches;
create view serving.current_fct_touches with (security_invoker = true) as 
    select fact.shop_id, fact.order_id, fact.touch_id, fact.day, fact.place, fact.click_place, fact.touched_at, fact.age_seconds, fact.origin, fact.named_by, fact.source, fact.medium, fact.campaign, fact.channel, fact.rule_rank, fact.platform, fact.is_paid, fact.is_click, fact.utm_problem, fact.referrer_host
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_touches as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_touches'
;
            revoke all on table serving.current_fct_touches from public;
            grant select on table serving.current_fct_touches to hotdash_web;
create view api.fct_touches with (security_invoker = true) as select shop_id, order_id, touch_id, day, place, click_place, touched_at, age_seconds, origin, named_by, source, medium, campaign, channel, rule_rank, platform, is_paid, is_click, utm_problem, referrer_host from serving.current_fct_touches;
            revoke all on table api.fct_touches from public;
            grant select on table api.fct_touches to hotdash_web;

alter table serving.dim_customers add is_known boolean;

alter table serving.dim_customers add acquired_day date;

alter table serving.dim_customers add kept_orders bigint;

alter table serving.dim_customers add revenue numeric(20,4);

alter table serving.dim_customers add segment text;

alter table serving.dim_customers add recency_score bigint;

alter table serving.dim_customers add frequency_score bigint;

alter table serving.dim_customers add monetary_score bigint;

drop view if exists api.dim_customers;
drop view if exists serving.current_dim_customers;
create view serving.current_dim_customers with (security_invoker = true) as 
    select fact.shop_id, fact.customer_key, fact.bucket, fact.is_known, fact.first_order_day, fact.last_order_day, fact.acquired_day, fact.counted_orders, fact.kept_orders, fact.revenue, fact.segment, fact.recency_score, fact.frequency_score, fact.monetary_score
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.dim_customers as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'dim_customers'
;
            revoke all on table serving.current_dim_customers from public;
            grant select on table serving.current_dim_customers to hotdash_web;
create view api.dim_customers with (security_invoker = true) as select shop_id, customer_key, bucket, is_known, first_order_day, last_order_day, acquired_day, counted_orders, kept_orders, revenue, segment, recency_score, frequency_score, monetary_score from serving.current_dim_customers;
            revoke all on table api.dim_customers from public;
            grant select on table api.dim_customers to hotdash_web;

create table serving.dim_shop_plans (
            shop_id text not null, part bigint not null, bucket bigint not null, plan_tier text, valid_from date not null, valid_before date, primary key (shop_id, part, bucket, valid_from)
        );
        
        alter table serving.dim_shop_plans enable row level security;
        revoke all on table serving.dim_shop_plans from public;
        create policy web on serving.dim_shop_plans to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.dim_shop_plans to hotdash_web;

drop view if exists api.dim_shop_plans;
drop view if exists serving.current_dim_shop_plans;
create view serving.current_dim_shop_plans with (security_invoker = true) as 
    select fact.shop_id, fact.bucket, fact.plan_tier, fact.valid_from, fact.valid_before
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.dim_shop_plans as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'dim_shop_plans'
;
            revoke all on table serving.current_dim_shop_plans from public;
            grant select on table serving.current_dim_shop_plans to hotdash_web;
create view api.dim_shop_plans with (security_invoker = true) as select shop_id, bucket, plan_tier, valid_from, valid_before from serving.current_dim_shop_plans;
            revoke all on table api.dim_shop_plans from public;
            grant select on table api.dim_shop_plans to hotdash_web;

create table serving.dim_shops (
            shop_id text not null, part bigint not null, bucket bigint not null, name text, domain text, timezone text, currency text, plan_tier text, primary key (shop_id, part, bucket)
        );
        
        alter table serving.dim_shops enable row level security;
        revoke all on table serving.dim_shops from public;
        create policy web on serving.dim_shops to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.dim_shops to hotdash_web;

drop view if exists api.dim_shops;
drop view if exists serving.current_dim_shops;
create view serving.current_dim_shops with (security_invoker = true) as 
    select fact.shop_id, fact.bucket, fact.name, fact.domain, fact.timezone, fact.currency, fact.plan_tier
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.dim_shops as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'dim_shops'
;
            revoke all on table serving.current_dim_shops from public;
            grant select on table serving.current_dim_shops to hotdash_web;
create view api.dim_shops with (security_invoker = true) as select shop_id, bucket, name, domain, timezone, currency, plan_tier from serving.current_dim_shops;
            revoke all on table api.dim_shops from public;
            grant select on table api.dim_shops to hotdash_web;

create table serving.fct_cac (
            shop_id text not null, part bigint not null, day date not null, plan_tier text, currency text, new_customers bigint, spend numeric(20,4), payback_spend numeric(20,4), payback_revenue numeric(20,4), payback_cost numeric(20,4), primary key (shop_id, part, day)
        );
        
        alter table serving.fct_cac enable row level security;
        revoke all on table serving.fct_cac from public;
        create policy web on serving.fct_cac to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_cac to hotdash_web;

drop view if exists api.fct_cac;
drop view if exists serving.current_fct_cac;
create view serving.current_fct_cac with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.plan_tier, fact.currency, fact.new_customers, fact.spend, fact.payback_spend, fact.payback_revenue, fact.payback_cost
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_cac as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_cac'
;
            revoke all on table serving.current_fct_cac from public;
            grant select on table serving.current_fct_cac to hotdash_web;
create view api.fct_cac with (security_invoker = true) as select shop_id, day, plan_tier, currency, new_customers, spend, payback_spend, payback_revenue, payback_cost from serving.current_fct_cac;
            revoke all on table api.fct_cac from public;
            grant select on table api.fct_cac to hotdash_web;

create table serving.fct_cohorts (
            shop_id text not null, part bigint not null, day date not null, age_months bigint not null, customers bigint, ordering_customers bigint, counted_orders bigint, revenue numeric(20,4), taxes numeric(20,4), primary key (shop_id, part, day, age_months)
        );
        
        alter table serving.fct_cohorts enable row level security;
        revoke all on table serving.fct_cohorts from public;
        create policy web on serving.fct_cohorts to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_cohorts to hotdash_web;

drop view if exists api.fct_cohorts;
drop view if exists serving.current_fct_cohorts;
create view serving.current_fct_cohorts with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.age_months, fact.customers, fact.ordering_customers, fact.counted_orders, fact.revenue, fact.taxes
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_cohorts as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_cohorts'
;
            revoke all on table serving.current_fct_cohorts from public;
            grant select on table serving.current_fct_cohorts to hotdash_web;
create view api.fct_cohorts with (security_invoker = true) as select shop_id, day, age_months, customers, ordering_customers, counted_orders, revenue, taxes from serving.current_fct_cohorts;
            revoke all on table api.fct_cohorts from public;
            grant select on table api.fct_cohorts to hotdash_web;

create table serving.fct_customer_value (
            shop_id text not null, part bigint not null, day date not null, plan_tier text, new_customers bigint, customers_30 bigint, returned_30 bigint, revenue_30 numeric(20,4), taxes_30 numeric(20,4), customers_60 bigint, returned_60 bigint, revenue_60 numeric(20,4), taxes_60 numeric(20,4), customers_90 bigint, returned_90 bigint, revenue_90 numeric(20,4), taxes_90 numeric(20,4), customers_365 bigint, returned_365 bigint, revenue_365 numeric(20,4), taxes_365 numeric(20,4), cost_90 numeric(20,4), primary key (shop_id, part, day)
        );
        
        alter table serving.fct_customer_value enable row level security;
        revoke all on table serving.fct_customer_value from public;
        create policy web on serving.fct_customer_value to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_customer_value to hotdash_web;

drop view if exists api.fct_customer_value;
drop view if exists serving.current_fct_customer_value;
create view serving.current_fct_customer_value with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.plan_tier, fact.new_customers, fact.customers_30, fact.returned_30, fact.revenue_30, fact.taxes_30, fact.customers_60, fact.returned_60, fact.revenue_60, fact.taxes_60, fact.customers_90, fact.returned_90, fact.revenue_90, fact.taxes_90, fact.customers_365, fact.returned_365, fact.revenue_365, fact.taxes_365, fact.cost_90
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_customer_value as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_customer_value'
;
            revoke all on table serving.current_fct_customer_value from public;
            grant select on table serving.current_fct_customer_value to hotdash_web;
create view api.fct_customer_value with (security_invoker = true) as select shop_id, day, plan_tier, new_customers, customers_30, returned_30, revenue_30, taxes_30, customers_60, returned_60, revenue_60, taxes_60, customers_90, returned_90, revenue_90, taxes_90, customers_365, returned_365, revenue_365, taxes_365, cost_90 from serving.current_fct_customer_value;
            revoke all on table api.fct_customer_value from public;
            grant select on table api.fct_customer_value to hotdash_web;

create table serving.fct_customers (
            shop_id text not null, part bigint not null, day date not null, plan_tier text, counted_orders bigint, new_customers bigint, returning_customers bigint, repeat_orders bigint, ordering_customers bigint, primary key (shop_id, part, day)
        );
        
        alter table serving.fct_customers enable row level security;
        revoke all on table serving.fct_customers from public;
        create policy web on serving.fct_customers to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_customers to hotdash_web;

drop view if exists api.fct_customers;
drop view if exists serving.current_fct_customers;
create view serving.current_fct_customers with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.plan_tier, fact.counted_orders, fact.new_customers, fact.returning_customers, fact.repeat_orders, fact.ordering_customers
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_customers as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_customers'
;
            revoke all on table serving.current_fct_customers from public;
            grant select on table serving.current_fct_customers to hotdash_web;
create view api.fct_customers with (security_invoker = true) as select shop_id, day, plan_tier, counted_orders, new_customers, returning_customers, repeat_orders, ordering_customers from serving.current_fct_customers;
            revoke all on table api.fct_customers from public;
            grant select on table api.fct_customers to hotdash_web;

create table serving.fct_growth (
            shop_id text not null, part bigint not null, day date not null, currency text, revenue numeric(20,4), counted_orders bigint, revenue_week_before numeric(20,4), revenue_same_weekday_4w numeric(20,4), revenue_7d numeric(20,4), revenue_7d_before numeric(20,4), revenue_91d numeric(20,4), revenue_91d_before numeric(20,4), revenue_12m numeric(20,4), revenue_12m_before numeric(20,4), days_in_12m bigint, primary key (shop_id, part, day)
        );
        
        alter table serving.fct_growth enable row level security;
        revoke all on table serving.fct_growth from public;
        create policy web on serving.fct_growth to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_growth to hotdash_web;

drop view if exists api.fct_growth;
drop view if exists serving.current_fct_growth;
create view serving.current_fct_growth with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.currency, fact.revenue, fact.counted_orders, fact.revenue_week_before, fact.revenue_same_weekday_4w, fact.revenue_7d, fact.revenue_7d_before, fact.revenue_91d, fact.revenue_91d_before, fact.revenue_12m, fact.revenue_12m_before, fact.days_in_12m
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_growth as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_growth'
;
            revoke all on table serving.current_fct_growth from public;
            grant select on table serving.current_fct_growth to hotdash_web;
create view api.fct_growth with (security_invoker = true) as select shop_id, day, currency, revenue, counted_orders, revenue_week_before, revenue_same_weekday_4w, revenue_7d, revenue_7d_before, revenue_91d, revenue_91d_before, revenue_12m, revenue_12m_before, days_in_12m from serving.current_fct_growth;
            revoke all on table api.fct_growth from public;
            grant select on table api.fct_growth to hotdash_web;

create table serving.dim_products (
            shop_id text not null, part bigint not null, product_id bigint not null, bucket bigint, title text, handle text, product_type text, vendor text, status text, category text, category_rule text, created_at timestamptz, is_deleted boolean, primary key (shop_id, part, product_id)
        );
        
        alter table serving.dim_products enable row level security;
        revoke all on table serving.dim_products from public;
        create policy web on serving.dim_products to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.dim_products to hotdash_web;

drop view if exists api.dim_products;
drop view if exists serving.current_dim_products;
create view serving.current_dim_products with (security_invoker = true) as 
    select fact.shop_id, fact.product_id, fact.bucket, fact.title, fact.handle, fact.product_type, fact.vendor, fact.status, fact.category, fact.category_rule, fact.created_at, fact.is_deleted
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.dim_products as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'dim_products'
;
            revoke all on table serving.current_dim_products from public;
            grant select on table serving.current_dim_products to hotdash_web;
create view api.dim_products with (security_invoker = true) as select shop_id, product_id, bucket, title, handle, product_type, vendor, status, category, category_rule, created_at, is_deleted from serving.current_dim_products;
            revoke all on table api.dim_products from public;
            grant select on table api.dim_products to hotdash_web;

create table serving.dim_exchange_rates (
            shop_id text not null, part bigint not null, base text not null, quote text not null, valid_from date not null, bucket bigint, valid_before date, rate numeric(18,10), primary key (shop_id, part, base, quote, valid_from)
        );
        
        alter table serving.dim_exchange_rates enable row level security;
        revoke all on table serving.dim_exchange_rates from public;
        create policy web on serving.dim_exchange_rates to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.dim_exchange_rates to hotdash_web;

drop view if exists api.dim_exchange_rates;
drop view if exists serving.current_dim_exchange_rates;
create view serving.current_dim_exchange_rates with (security_invoker = true) as 
    select fact.shop_id, fact.base, fact.quote, fact.valid_from, fact.bucket, fact.valid_before, fact.rate
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.dim_exchange_rates as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'dim_exchange_rates'
;
            revoke all on table serving.current_dim_exchange_rates from public;
            grant select on table serving.current_dim_exchange_rates to hotdash_web;
create view api.dim_exchange_rates with (security_invoker = true) as select shop_id, base, quote, valid_from, bucket, valid_before, rate from serving.current_dim_exchange_rates;
            revoke all on table api.dim_exchange_rates from public;
            grant select on table api.dim_exchange_rates to hotdash_web;

create table serving.fct_margins (
            shop_id text not null, part bigint not null, day date not null, currency text, counted_orders bigint, gross_sales numeric(20,4), discounts numeric(20,4), refunds numeric(20,4), shipping numeric(20,4), shipping_refunds numeric(20,4), costed_sales numeric(20,4), uncosted_sales numeric(20,4), cost_of_goods numeric(20,4), shipping_cost numeric(20,4), fees numeric(20,4), ad_spend numeric(20,4), primary key (shop_id, part, day)
        );
        
        alter table serving.fct_margins enable row level security;
        revoke all on table serving.fct_margins from public;
        create policy web on serving.fct_margins to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_margins to hotdash_web;

drop view if exists api.fct_margins;
drop view if exists serving.current_fct_margins;
create view serving.current_fct_margins with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.currency, fact.counted_orders, fact.gross_sales, fact.discounts, fact.refunds, fact.shipping, fact.shipping_refunds, fact.costed_sales, fact.uncosted_sales, fact.cost_of_goods, fact.shipping_cost, fact.fees, fact.ad_spend
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_margins as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_margins'
;
            revoke all on table serving.current_fct_margins from public;
            grant select on table serving.current_fct_margins to hotdash_web;
create view api.fct_margins with (security_invoker = true) as select shop_id, day, currency, counted_orders, gross_sales, discounts, refunds, shipping, shipping_refunds, costed_sales, uncosted_sales, cost_of_goods, shipping_cost, fees, ad_spend from serving.current_fct_margins;
            revoke all on table api.fct_margins from public;
            grant select on table api.fct_margins to hotdash_web;

create table serving.fct_order_lines (
            shop_id text not null, part bigint not null, order_id bigint not null, line_id bigint not null, day date, currency text, is_counted boolean, is_gift_card boolean, product_id bigint, variant_id bigint, sku text, product text, category text, units bigint, gross_sales numeric(20,4), discounts numeric(20,4), refunds numeric(20,4), shipping numeric(20,4), shipping_refunds numeric(20,4), taxes numeric(20,4), tax_refunds numeric(20,4), unit_cost numeric(20,4), cost_of_goods numeric(20,4), costed_sales numeric(20,4), primary key (shop_id, part, order_id, line_id)
        );
        create index fct_order_lines_by_day on serving.fct_order_lines (shop_id, part, day);
        alter table serving.fct_order_lines enable row level security;
        revoke all on table serving.fct_order_lines from public;
        create policy web on serving.fct_order_lines to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_order_lines to hotdash_web;

drop view if exists api.fct_order_lines;
drop view if exists serving.current_fct_order_lines;
create view serving.current_fct_order_lines with (security_invoker = true) as 
    select fact.shop_id, fact.order_id, fact.line_id, fact.day, fact.currency, fact.is_counted, fact.is_gift_card, fact.product_id, fact.variant_id, fact.sku, fact.product, fact.category, fact.units, fact.gross_sales, fact.discounts, fact.refunds, fact.shipping, fact.shipping_refunds, fact.taxes, fact.tax_refunds, fact.unit_cost, fact.cost_of_goods, fact.costed_sales
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_order_lines as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_order_lines'
;
            revoke all on table serving.current_fct_order_lines from public;
            grant select on table serving.current_fct_order_lines to hotdash_web;
create view api.fct_order_lines with (security_invoker = true) as select shop_id, order_id, line_id, day, currency, is_counted, is_gift_card, product_id, variant_id, sku, product, category, units, gross_sales, discounts, refunds, shipping, shipping_refunds, taxes, tax_refunds, unit_cost, cost_of_goods, costed_sales from serving.current_fct_order_lines;
            revoke all on table api.fct_order_lines from public;
            grant select on table api.fct_order_lines to hotdash_web;

alter table serving.fct_orders add is_kept boolean;

alter table serving.fct_orders add is_first_order boolean;

alter table serving.fct_orders add is_repeat_order boolean;

alter table serving.fct_orders add is_return boolean;

alter table serving.fct_orders add acquired_day date;

alter table serving.fct_orders add segment text;

alter table serving.fct_orders add country text;

alter table serving.fct_orders add plan_tier text;

drop view if exists api.fct_orders;
drop view if exists serving.current_fct_orders;
create view serving.current_fct_orders with (security_invoker = true) as 
    select fact.shop_id, fact.order_id, fact.day, fact.processed_at, fact.currency, fact.customer_key, fact.financial_status, fact.is_test, fact.is_cancelled, fact.is_counted, fact.is_kept, fact.is_first_order, fact.is_repeat_order, fact.is_return, fact.acquired_day, fact.segment, fact.country, fact.plan_tier, fact.units, fact.gross_sales, fact.discounts, fact.refunds, fact.shipping, fact.shipping_refunds, fact.taxes, fact.tax_refunds
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_orders as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_orders'
;
            revoke all on table serving.current_fct_orders from public;
            grant select on table serving.current_fct_orders to hotdash_web;
create view api.fct_orders with (security_invoker = true) as select shop_id, order_id, day, processed_at, currency, customer_key, financial_status, is_test, is_cancelled, is_counted, is_kept, is_first_order, is_repeat_order, is_return, acquired_day, segment, country, plan_tier, units, gross_sales, discounts, refunds, shipping, shipping_refunds, taxes, tax_refunds from serving.current_fct_orders;
            revoke all on table api.fct_orders from public;
            grant select on table api.fct_orders to hotdash_web;

create table serving.fct_sales_reconciliation (
            shop_id text not null, part bigint not null, day date not null, line text not null, currency text, ours numeric(20,4), theirs numeric(20,4), difference numeric(20,4), explanation text, primary key (shop_id, part, day, line)
        );
        
        alter table serving.fct_sales_reconciliation enable row level security;
        revoke all on table serving.fct_sales_reconciliation from public;
        create policy web on serving.fct_sales_reconciliation to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_sales_reconciliation to hotdash_web;

drop view if exists api.fct_sales_reconciliation;
drop view if exists serving.current_fct_sales_reconciliation;
create view serving.current_fct_sales_reconciliation with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.line, fact.currency, fact.ours, fact.theirs, fact.difference, fact.explanation
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_sales_reconciliation as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_sales_reconciliation'
;
            revoke all on table serving.current_fct_sales_reconciliation from public;
            grant select on table serving.current_fct_sales_reconciliation to hotdash_web;
create view api.fct_sales_reconciliation with (security_invoker = true) as select shop_id, day, line, currency, ours, theirs, difference, explanation from serving.current_fct_sales_reconciliation;
            revoke all on table api.fct_sales_reconciliation from public;
            grant select on table api.fct_sales_reconciliation to hotdash_web;

create table serving.fct_shopify_report (
            shop_id text not null, part bigint not null, day date not null, currency text, orders bigint, gross_sales numeric(20,4), discounts numeric(20,4), returns numeric(20,4), net_sales numeric(20,4), shipping numeric(20,4), duties numeric(20,4), taxes numeric(20,4), tips numeric(20,4), total_sales numeric(20,4), primary key (shop_id, part, day)
        );
        
        alter table serving.fct_shopify_report enable row level security;
        revoke all on table serving.fct_shopify_report from public;
        create policy web on serving.fct_shopify_report to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_shopify_report to hotdash_web;

drop view if exists api.fct_shopify_report;
drop view if exists serving.current_fct_shopify_report;
create view serving.current_fct_shopify_report with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.currency, fact.orders, fact.gross_sales, fact.discounts, fact.returns, fact.net_sales, fact.shipping, fact.duties, fact.taxes, fact.tips, fact.total_sales
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_shopify_report as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_shopify_report'
;
            revoke all on table serving.current_fct_shopify_report from public;
            grant select on table serving.current_fct_shopify_report to hotdash_web;
create view api.fct_shopify_report with (security_invoker = true) as select shop_id, day, currency, orders, gross_sales, discounts, returns, net_sales, shipping, duties, taxes, tips, total_sales from serving.current_fct_shopify_report;
            revoke all on table api.fct_shopify_report from public;
            grant select on table api.fct_shopify_report to hotdash_web;

create table serving.fct_fulfillments (
            shop_id text not null, part bigint not null, day date, order_id bigint not null, fulfillment_id bigint not null, timezone text, carrier text, location_id bigint, status text, display_status text, quantity bigint, ordered_at timestamptz, shipped_at timestamptz, shipped_day date, ship_by_day date, delivered_at timestamptz, delivered_day date, promised_day date, promised_by text, shipping_seconds bigint, delivery_seconds bigint, delivery_days bigint, shipments bigint, is_shipped boolean, is_shipping_due boolean, is_shipped_on_time boolean, is_delivered boolean, is_delivered_on_time boolean, is_unfulfilled_late boolean, is_failed boolean, has_exception boolean, is_issue boolean, primary key (shop_id, part, order_id, fulfillment_id)
        );
        create index fct_fulfillments_by_day on serving.fct_fulfillments (shop_id, part, day);
        alter table serving.fct_fulfillments enable row level security;
        revoke all on table serving.fct_fulfillments from public;
        create policy web on serving.fct_fulfillments to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_fulfillments to hotdash_web;

drop view if exists api.fct_fulfillments;
drop view if exists serving.current_fct_fulfillments;
create view serving.current_fct_fulfillments with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.order_id, fact.fulfillment_id, fact.timezone, fact.carrier, fact.location_id, fact.status, fact.display_status, fact.quantity, fact.ordered_at, fact.shipped_at, fact.shipped_day, fact.ship_by_day, fact.delivered_at, fact.delivered_day, fact.promised_day, fact.promised_by, fact.shipping_seconds, fact.delivery_seconds, fact.delivery_days, fact.shipments, fact.is_shipped, fact.is_shipping_due, fact.is_shipped_on_time, fact.is_delivered, fact.is_delivered_on_time, fact.is_unfulfilled_late, fact.is_failed, fact.has_exception, fact.is_issue
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_fulfillments as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_fulfillments'
;
            revoke all on table serving.current_fct_fulfillments from public;
            grant select on table serving.current_fct_fulfillments to hotdash_web;
create view api.fct_fulfillments with (security_invoker = true) as select shop_id, day, order_id, fulfillment_id, timezone, carrier, location_id, status, display_status, quantity, ordered_at, shipped_at, shipped_day, ship_by_day, delivered_at, delivered_day, promised_day, promised_by, shipping_seconds, delivery_seconds, delivery_days, shipments, is_shipped, is_shipping_due, is_shipped_on_time, is_delivered, is_delivered_on_time, is_unfulfilled_late, is_failed, has_exception, is_issue from serving.current_fct_fulfillments;
            revoke all on table api.fct_fulfillments from public;
            grant select on table api.fct_fulfillments to hotdash_web;

create table serving.fct_inventory (
            shop_id text not null, part bigint not null, inventory_item_id bigint not null, bucket bigint, as_of_day date, timezone text, currency text, variant_id bigint, product_id bigint, sku text, product_title text, variant_title text, product_type text, category text, supplier text, price numeric(20,4), unit_cost numeric(20,4), available bigint, on_hand bigint, committed bigint, incoming bigint, units_sold_56d bigint, days_in_stock_56d bigint, lead_time_days bigint, safety_stock bigint, pack_size bigint, overstock_days bigint, days_of_stock bigint, reorder_point bigint, reorder_quantity bigint, units_short bigint, overstock_units bigint, is_out_of_stock boolean, is_running_out boolean, is_overstocked boolean, is_dead boolean, last_sold_day date, stock_value numeric(20,4), overstock_value numeric(20,4), money_at_risk numeric(20,4), primary key (shop_id, part, inventory_item_id)
        );
        
        alter table serving.fct_inventory enable row level security;
        revoke all on table serving.fct_inventory from public;
        create policy web on serving.fct_inventory to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_inventory to hotdash_web;

drop view if exists api.fct_inventory;
drop view if exists serving.current_fct_inventory;
create view serving.current_fct_inventory with (security_invoker = true) as 
    select fact.shop_id, fact.inventory_item_id, fact.bucket, fact.as_of_day, fact.timezone, fact.currency, fact.variant_id, fact.product_id, fact.sku, fact.product_title, fact.variant_title, fact.product_type, fact.category, fact.supplier, fact.price, fact.unit_cost, fact.available, fact.on_hand, fact.committed, fact.incoming, fact.units_sold_56d, fact.days_in_stock_56d, fact.lead_time_days, fact.safety_stock, fact.pack_size, fact.overstock_days, fact.days_of_stock, fact.reorder_point, fact.reorder_quantity, fact.units_short, fact.overstock_units, fact.is_out_of_stock, fact.is_running_out, fact.is_overstocked, fact.is_dead, fact.last_sold_day, fact.stock_value, fact.overstock_value, fact.money_at_risk
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_inventory as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_inventory'
;
            revoke all on table serving.current_fct_inventory from public;
            grant select on table serving.current_fct_inventory to hotdash_web;
create view api.fct_inventory with (security_invoker = true) as select shop_id, inventory_item_id, bucket, as_of_day, timezone, currency, variant_id, product_id, sku, product_title, variant_title, product_type, category, supplier, price, unit_cost, available, on_hand, committed, incoming, units_sold_56d, days_in_stock_56d, lead_time_days, safety_stock, pack_size, overstock_days, days_of_stock, reorder_point, reorder_quantity, units_short, overstock_units, is_out_of_stock, is_running_out, is_overstocked, is_dead, last_sold_day, stock_value, overstock_value, money_at_risk from serving.current_fct_inventory;
            revoke all on table api.fct_inventory from public;
            grant select on table api.fct_inventory to hotdash_web;

create table serving.fct_inventory_days (
            shop_id text not null, part bigint not null, day date not null, inventory_item_id bigint not null, timezone text, items bigint, available bigint, on_hand bigint, committed bigint, incoming bigint, units_sold bigint, units_sold_56d bigint, days_in_stock_56d bigint, lead_time_days bigint, safety_stock bigint, pack_size bigint, overstock_days bigint, days_of_stock bigint, reorder_point bigint, reorder_quantity bigint, units_short bigint, overstock_units bigint, is_out_of_stock boolean, is_running_out boolean, is_overstocked boolean, is_dead boolean, primary key (shop_id, part, day, inventory_item_id)
        );
        
        alter table serving.fct_inventory_days enable row level security;
        revoke all on table serving.fct_inventory_days from public;
        create policy web on serving.fct_inventory_days to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_inventory_days to hotdash_web;

drop view if exists api.fct_inventory_days;
drop view if exists serving.current_fct_inventory_days;
create view serving.current_fct_inventory_days with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.inventory_item_id, fact.timezone, fact.items, fact.available, fact.on_hand, fact.committed, fact.incoming, fact.units_sold, fact.units_sold_56d, fact.days_in_stock_56d, fact.lead_time_days, fact.safety_stock, fact.pack_size, fact.overstock_days, fact.days_of_stock, fact.reorder_point, fact.reorder_quantity, fact.units_short, fact.overstock_units, fact.is_out_of_stock, fact.is_running_out, fact.is_overstocked, fact.is_dead
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_inventory_days as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_inventory_days'
;
            revoke all on table serving.current_fct_inventory_days from public;
            grant select on table serving.current_fct_inventory_days to hotdash_web;
create view api.fct_inventory_days with (security_invoker = true) as select shop_id, day, inventory_item_id, timezone, items, available, on_hand, committed, incoming, units_sold, units_sold_56d, days_in_stock_56d, lead_time_days, safety_stock, pack_size, overstock_days, days_of_stock, reorder_point, reorder_quantity, units_short, overstock_units, is_out_of_stock, is_running_out, is_overstocked, is_dead from serving.current_fct_inventory_days;
            revoke all on table api.fct_inventory_days from public;
            grant select on table api.fct_inventory_days to hotdash_web;

create table serving.fct_stock_levels (
            shop_id text not null, part bigint not null, inventory_item_id bigint not null, location_id bigint not null, bucket bigint, location_name text, sku text, product_id bigint, product_type text, category text, available bigint, on_hand bigint, committed bigint, incoming bigint, stock_value numeric(20,4), changed_at timestamptz, primary key (shop_id, part, inventory_item_id, location_id)
        );
        
        alter table serving.fct_stock_levels enable row level security;
        revoke all on table serving.fct_stock_levels from public;
        create policy web on serving.fct_stock_levels to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_stock_levels to hotdash_web;

drop view if exists api.fct_stock_levels;
drop view if exists serving.current_fct_stock_levels;
create view serving.current_fct_stock_levels with (security_invoker = true) as 
    select fact.shop_id, fact.inventory_item_id, fact.location_id, fact.bucket, fact.location_name, fact.sku, fact.product_id, fact.product_type, fact.category, fact.available, fact.on_hand, fact.committed, fact.incoming, fact.stock_value, fact.changed_at
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_stock_levels as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_stock_levels'
;
            revoke all on table serving.current_fct_stock_levels from public;
            grant select on table serving.current_fct_stock_levels to hotdash_web;
create view api.fct_stock_levels with (security_invoker = true) as select shop_id, inventory_item_id, location_id, bucket, location_name, sku, product_id, product_type, category, available, on_hand, committed, incoming, stock_value, changed_at from serving.current_fct_stock_levels;
            revoke all on table api.fct_stock_levels from public;
            grant select on table api.fct_stock_levels to hotdash_web;

create table serving.fct_conversations (
            shop_id text not null, part bigint not null, day date, conversation_id bigint not null, timezone text, channel text, inbox_id bigint, assignee_id bigint, team_id bigint, contact_key text, priority text, status text, labels text, opened_at timestamptz, waiting_since timestamptz, first_reply_at timestamptz, first_reply_due_at timestamptz, resolved_at timestamptz, resolution_basis text, resolution_due_at timestamptz, first_reply_seconds bigint, first_reply_minutes bigint, first_reply_business_seconds bigint, first_reply_business_minutes bigint, resolution_seconds bigint, resolution_minutes bigint, resolution_business_seconds bigint, resolution_business_minutes bigint, customer_messages bigint, agent_messages bigint, conversations bigint, is_asked boolean, is_answered boolean, is_resolved boolean, is_promised boolean, is_breached boolean, is_first_reply_breached boolean, is_resolution_breached boolean, ratings bigint, satisfied_ratings bigint, rating_points bigint, primary key (shop_id, part, conversation_id)
        );
        create index fct_conversations_by_day on serving.fct_conversations (shop_id, part, day);
        alter table serving.fct_conversations enable row level security;
        revoke all on table serving.fct_conversations from public;
        create policy web on serving.fct_conversations to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_conversations to hotdash_web;

drop view if exists api.fct_conversations;
drop view if exists serving.current_fct_conversations;
create view serving.current_fct_conversations with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.conversation_id, fact.timezone, fact.channel, fact.inbox_id, fact.assignee_id, fact.team_id, fact.contact_key, fact.priority, fact.status, fact.labels, fact.opened_at, fact.waiting_since, fact.first_reply_at, fact.first_reply_due_at, fact.resolved_at, fact.resolution_basis, fact.resolution_due_at, fact.first_reply_seconds, fact.first_reply_minutes, fact.first_reply_business_seconds, fact.first_reply_business_minutes, fact.resolution_seconds, fact.resolution_minutes, fact.resolution_business_seconds, fact.resolution_business_minutes, fact.customer_messages, fact.agent_messages, fact.conversations, fact.is_asked, fact.is_answered, fact.is_resolved, fact.is_promised, fact.is_breached, fact.is_first_reply_breached, fact.is_resolution_breached, fact.ratings, fact.satisfied_ratings, fact.rating_points
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_conversations as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_conversations'
;
            revoke all on table serving.current_fct_conversations from public;
            grant select on table serving.current_fct_conversations to hotdash_web;
create view api.fct_conversations with (security_invoker = true) as select shop_id, day, conversation_id, timezone, channel, inbox_id, assignee_id, team_id, contact_key, priority, status, labels, opened_at, waiting_since, first_reply_at, first_reply_due_at, resolved_at, resolution_basis, resolution_due_at, first_reply_seconds, first_reply_minutes, first_reply_business_seconds, first_reply_business_minutes, resolution_seconds, resolution_minutes, resolution_business_seconds, resolution_business_minutes, customer_messages, agent_messages, conversations, is_asked, is_answered, is_resolved, is_promised, is_breached, is_first_reply_breached, is_resolution_breached, ratings, satisfied_ratings, rating_points from serving.current_fct_conversations;
            revoke all on table api.fct_conversations from public;
            grant select on table api.fct_conversations to hotdash_web;

create table serving.fct_sla_events (
            shop_id text not null, part bigint not null, day date, conversation_id bigint not null, kind text not null, told_by text, breached_at timestamptz, breach_day date, met_at timestamptz, late_seconds bigint, timezone text, channel text, inbox_id bigint, assignee_id bigint, priority text, primary key (shop_id, part, conversation_id, kind)
        );
        create index fct_sla_events_by_day on serving.fct_sla_events (shop_id, part, day);
        alter table serving.fct_sla_events enable row level security;
        revoke all on table serving.fct_sla_events from public;
        create policy web on serving.fct_sla_events to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_sla_events to hotdash_web;

drop view if exists api.fct_sla_events;
drop view if exists serving.current_fct_sla_events;
create view serving.current_fct_sla_events with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.conversation_id, fact.kind, fact.told_by, fact.breached_at, fact.breach_day, fact.met_at, fact.late_seconds, fact.timezone, fact.channel, fact.inbox_id, fact.assignee_id, fact.priority
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_sla_events as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_sla_events'
;
            revoke all on table serving.current_fct_sla_events from public;
            grant select on table serving.current_fct_sla_events to hotdash_web;
create view api.fct_sla_events with (security_invoker = true) as select shop_id, day, conversation_id, kind, told_by, breached_at, breach_day, met_at, late_seconds, timezone, channel, inbox_id, assignee_id, priority from serving.current_fct_sla_events;
            revoke all on table api.fct_sla_events from public;
            grant select on table api.fct_sla_events to hotdash_web;

create table serving.fct_landing_pages (
            shop_id text not null, part bigint not null, day date not null, page text not null, timezone text, is_provisional boolean, sessions bigint, organic_sessions bigint, engaged_sessions bigint, bounces bigint, purchases bigint, sessions_week_before bigint, sessions_7d bigint, sessions_previous_7d bigint, is_judged boolean, is_anomaly boolean, primary key (shop_id, part, day, page)
        );
        
        alter table serving.fct_landing_pages enable row level security;
        revoke all on table serving.fct_landing_pages from public;
        create policy web on serving.fct_landing_pages to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_landing_pages to hotdash_web;

drop view if exists api.fct_landing_pages;
drop view if exists serving.current_fct_landing_pages;
create view serving.current_fct_landing_pages with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.page, fact.timezone, fact.is_provisional, fact.sessions, fact.organic_sessions, fact.engaged_sessions, fact.bounces, fact.purchases, fact.sessions_week_before, fact.sessions_7d, fact.sessions_previous_7d, fact.is_judged, fact.is_anomaly
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_landing_pages as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_landing_pages'
;
            revoke all on table serving.current_fct_landing_pages from public;
            grant select on table serving.current_fct_landing_pages to hotdash_web;
create view api.fct_landing_pages with (security_invoker = true) as select shop_id, day, page, timezone, is_provisional, sessions, organic_sessions, engaged_sessions, bounces, purchases, sessions_week_before, sessions_7d, sessions_previous_7d, is_judged, is_anomaly from serving.current_fct_landing_pages;
            revoke all on table api.fct_landing_pages from public;
            grant select on table api.fct_landing_pages to hotdash_web;

create table serving.fct_search_days (
            shop_id text not null, part bigint not null, day date not null, page text not null, query text not null, timezone text, clicks bigint, impressions bigint, position_sum numeric(20,4), primary key (shop_id, part, day, page, query)
        );
        
        alter table serving.fct_search_days enable row level security;
        revoke all on table serving.fct_search_days from public;
        create policy web on serving.fct_search_days to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_search_days to hotdash_web;

drop view if exists api.fct_search_days;
drop view if exists serving.current_fct_search_days;
create view serving.current_fct_search_days with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.page, fact.query, fact.timezone, fact.clicks, fact.impressions, fact.position_sum
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_search_days as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_search_days'
;
            revoke all on table serving.current_fct_search_days from public;
            grant select on table serving.current_fct_search_days to hotdash_web;
create view api.fct_search_days with (security_invoker = true) as select shop_id, day, page, query, timezone, clicks, impressions, position_sum from serving.current_fct_search_days;
            revoke all on table api.fct_search_days from public;
            grant select on table api.fct_search_days to hotdash_web;

create table serving.fct_search_totals (
            shop_id text not null, part bigint not null, day date not null, timezone text, clicks bigint, impressions bigint, position_sum numeric(20,4), clicks_of_unnamed_queries bigint, primary key (shop_id, part, day)
        );
        
        alter table serving.fct_search_totals enable row level security;
        revoke all on table serving.fct_search_totals from public;
        create policy web on serving.fct_search_totals to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_search_totals to hotdash_web;

drop view if exists api.fct_search_totals;
drop view if exists serving.current_fct_search_totals;
create view serving.current_fct_search_totals with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.timezone, fact.clicks, fact.impressions, fact.position_sum, fact.clicks_of_unnamed_queries
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_search_totals as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_search_totals'
;
            revoke all on table serving.current_fct_search_totals from public;
            grant select on table serving.current_fct_search_totals to hotdash_web;
create view api.fct_search_totals with (security_invoker = true) as select shop_id, day, timezone, clicks, impressions, position_sum, clicks_of_unnamed_queries from serving.current_fct_search_totals;
            revoke all on table api.fct_search_totals from public;
            grant select on table api.fct_search_totals to hotdash_web;

create table serving.fct_sessions (
            shop_id text not null, part bigint not null, day date not null, page text not null, source text not null, medium text not null, campaign text not null, channel_group text not null, timezone text, currency text, is_provisional boolean, sessions bigint, organic_sessions bigint, engaged_sessions bigint, bounces bigint, active_users bigint, key_events numeric(20,4), purchases bigint, purchase_revenue numeric(20,4), primary key (shop_id, part, day, page, source, medium, campaign, channel_group)
        );
        
        alter table serving.fct_sessions enable row level security;
        revoke all on table serving.fct_sessions from public;
        create policy web on serving.fct_sessions to hotdash_web
            using (shop_id = any(array(select app.my_shops()))) with check (shop_id = any(array(select app.my_shops())));
        grant select on table serving.fct_sessions to hotdash_web;

drop view if exists api.fct_sessions;
drop view if exists serving.current_fct_sessions;
create view serving.current_fct_sessions with (security_invoker = true) as 
    select fact.shop_id, fact.day, fact.page, fact.source, fact.medium, fact.campaign, fact.channel_group, fact.timezone, fact.currency, fact.is_provisional, fact.sessions, fact.organic_sessions, fact.engaged_sessions, fact.bounces, fact.active_users, fact.key_events, fact.purchases, fact.purchase_revenue
    from serving.published as pointer
    join serving.manifest_entries as entry
      on entry.shop_id = pointer.shop_id and entry.manifest_id = pointer.manifest_id
    join serving.fct_sessions as fact on fact.shop_id = entry.shop_id and fact.part = entry.part
    where entry.mart = 'fct_sessions'
;
            revoke all on table serving.current_fct_sessions from public;
            grant select on table serving.current_fct_sessions to hotdash_web;
create view api.fct_sessions with (security_invoker = true) as select shop_id, day, page, source, medium, campaign, channel_group, timezone, currency, is_provisional, sessions, organic_sessions, engaged_sessions, bounces, active_users, key_events, purchases, purchase_revenue from serving.current_fct_sessions;
            revoke all on table api.fct_sessions from public;
            grant select on table api.fct_sessions to hotdash_web;
