alter table serving.manifests drop column keep_until;
drop table app.labelled_incidents, app.scorecard_days, app.check_overrides, app.freshness_limits;
-- An older version knows no third severity.
update app.check_results set severity = 'warning' where severity = 'info';
alter table app.check_results
  drop column override_id,
  drop column sources,
  drop column dimension,
  drop constraint check_results_severity_check,
  add constraint check_results_severity_check check (severity in ('blocking', 'warning'));
