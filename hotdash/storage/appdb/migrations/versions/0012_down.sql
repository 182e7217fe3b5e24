drop table app.alert_channels, app.alert_deliveries, app.alert_events;
-- An older version knows only alerts of a build's checks, and no third severity.
delete from app.alerts where build_id is null;
update app.alerts set severity = 'warning' where severity = 'info';
alter table app.alerts
  drop column group_key,
  drop column runbook,
  drop column kind,
  alter column build_id set not null,
  drop constraint alerts_severity_check,
  add constraint alerts_severity_check check (severity in ('blocking', 'warning'));
