-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- As many days as the worker last noted from the policy of its home; of what it never noted nothing goes. The
-- audit log, which goes into files first, and clicks, which are drained first, are left to it. Without pg_cron
-- this does nothing.
do $do$
begin
  if exists (select from pg_catalog.pg_available_extensions where name = 'pg_cron') then
    create extension if not exists pg_cron;
  end if;
  if to_regnamespace('cron') is null then
    return;
  end if;
  perform cron.schedule('hotdash: sessions', '40 3 * * *', $job$delete from app.sessions where expires_at <= now()$job$);
  perform cron.schedule('hotdash: sign-in links', '40 3 * * *', $job$delete from app.sign_in_links where expires_at <= now()$job$);
  perform cron.schedule('hotdash: install passes', '40 3 * * *', $job$delete from app.install_passes where expires_at < now()$job$);
  perform cron.schedule('hotdash: sign-in attempts', '40 3 * * *', $job$delete from app.sign_in_attempts where at < now() - (select make_interval(days => kept.days) from app.kept_days as kept where kept.name = 'sign_in_attempts')$job$);
  perform cron.schedule('hotdash: known requests', '40 3 * * *', $job$delete from app.request_keys where began_at < now() - (select make_interval(days => kept.days) from app.kept_days as kept where kept.name = 'known_requests')$job$);
  perform cron.schedule('hotdash: webhooks', '40 3 * * *', $job$delete from app.webhook_deliveries where received_at < now() - (select make_interval(days => kept.days) from app.kept_days as kept where kept.name = 'webhooks') and applied_at is not null$job$);
  perform cron.schedule('hotdash: jobs', '40 3 * * *', $job$delete from app.job_runs where finished_at < now() - (select make_interval(days => kept.days) from app.kept_days as kept where kept.name = 'jobs') and status not in ('queued', 'running')$job$);
  perform cron.schedule('hotdash: calls', '40 3 * * *', $job$delete from app.api_calls as call
      where call.at < date_trunc('hour', now() - (select make_interval(days => kept.days) from app.kept_days as kept where kept.name = 'api_calls'), 'UTC')
        and exists (
          select from app.api_call_hours as counted
          where counted.shop_id = call.shop_id and counted.vendor = call.vendor
            and counted.operation = call.operation
            and counted.hour = date_trunc('hour', call.at, 'UTC'))$job$);
end
$do$;
