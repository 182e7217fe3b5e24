drop function app.answer_recommendation(text, uuid, text, timestamptz, timestamptz, uuid, jsonb);
drop table app.seo_assignments, app.decision_outcomes, app.recommendation_events, app.recommendations;

drop trigger append_only on app.dashboard_facts;
drop trigger append_only_all on app.dashboard_facts;
drop trigger append_only on app.decisions;
drop trigger append_only_all on app.decisions;

revoke insert (
  shop_id, fact_id, fact_type, version, occurred_at, value, metadata, evidence
) on app.dashboard_facts from hotdash_web;
drop index app.dashboard_facts_corrected_once;
alter table app.dashboard_facts drop column corrects;

drop index app.decisions_once, app.decisions_by_subject;
alter table app.decisions
  drop column idempotency_key,
  drop column recommendation_id,
  drop column corrects,
  drop column external_ref;
