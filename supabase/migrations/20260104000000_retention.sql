-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- The policy's defaults. The worker does the same with the policy of its home; the audit log, which goes
-- into files first, and clicks, which are drained first, are left to it. Without pg_cron this does nothing.
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
  perform cron.schedule('hotdash: sign-in attempts', '40 3 * * *', $job$delete from app.sign_in_attempts where at < now() - interval '1 days'$job$);
  perform cron.schedule('hotdash: known requests', '40 3 * * *', $job$delete from app.request_keys where began_at < now() - interval '1 days'$job$);
  perform cron.schedule('hotdash: webhooks', '40 3 * * *', $job$delete from app.webhook_deliveries where received_at < now() - interval '7 days' and applied_at is not null$job$);
  perform cron.schedule('hotdash: jobs', '40 3 * * *', $job$delete from app.job_runs where finished_at < now() - interval '30 days' and status not in ('queued', 'running')$job$);
  perform cron.schedule('hotdash: calls', '40 3 * * *', $job$delete from app.api_calls as call
      where call.at < date_trunc('hour', now() - interval '30 days', 'UTC')
        and exists (
          select from app.api_call_hours as counted
          where counted.shop_id = call.shop_id and counted.vendor = call.vendor
            and counted.operation = call.operation
            and counted.hour = date_trunc('hour', call.at, 'UTC'))$job$);
end
$do$;
