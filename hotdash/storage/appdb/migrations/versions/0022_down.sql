drop index app.dashboard_facts_rate_limits;
drop trigger enters_mirror on app.dashboard_facts;
drop trigger enters_mirror on app.decisions;
drop function app.enter_facts();
drop function app.enter_decisions();
drop table app.mirrors;
drop table app.mirror_outbox;
