drop table audit.events;
drop function audit.refuse_change();
drop schema audit;

drop function app.set_my_password(text);
drop function app.failed_attempts(bytea, text, timestamptz);
drop function app.record_attempt(bytea, text, timestamptz, boolean);
drop function app.redeem_link(bytea, timestamptz);
drop function app.close_session(bytea);
drop function app.touch_session(bytea, timestamptz);
drop function app.signed_in(bytea, timestamptz);
drop function app.open_session(bytea, uuid, timestamptz, timestamptz);
drop function app.sign_in_account(text);

drop table
  app.decisions, app.freshness, app.publication_outcomes, app.check_results, app.build_models,
  app.builds, app.lease_holders, app.run_steps, app.runs, app.metric_policies, app.credentials,
  app.sign_in_attempts, app.sign_in_links, app.sessions;

-- Their policies use the function, and the function reads them.
drop policy web on app.shops;
drop policy web on app.memberships;
drop function app.my_shops();
drop function app.my_user();
drop table app.memberships, app.users, app.shops;

alter table app.alembic_version disable row level security;
revoke usage on schema app from hotdash_web;
