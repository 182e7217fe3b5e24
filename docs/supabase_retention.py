"""The retention policy as jobs of pg_cron, for a project where the worker may rest for a while."""

_BEGIN = """-- As many days as the worker last noted from the policy of its home; of what it never noted nothing goes. The
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
"""
_END = """end
$do$;
"""


def retention_sql() -> str:
    jobs = "".join(_scheduled(name, sql) for name, sql in _statements().items())
    return _BEGIN + jobs + _END


def _statements() -> dict[str, str]:
    """Whole hours of calls, and only those that were counted."""
    return {
        "sessions": "delete from app.sessions where expires_at <= now()",
        "sign-in links": "delete from app.sign_in_links where expires_at <= now()",
        "install passes": "delete from app.install_passes where expires_at < now()",
        "sign-in attempts": _older("app.sign_in_attempts", "at", "sign_in_attempts"),
        "known requests": _older("app.request_keys", "began_at", "known_requests"),
        "webhooks": _older("app.webhook_deliveries", "received_at", "webhooks")
        + " and applied_at is not null",
        "jobs": _older("app.job_runs", "finished_at", "jobs")
        + " and status not in ('queued', 'running')",
        "calls": f"""delete from app.api_calls as call
      where call.at < date_trunc('hour', {_before("api_calls")}, 'UTC')
        and exists (
          select from app.api_call_hours as counted
          where counted.shop_id = call.shop_id and counted.vendor = call.vendor
            and counted.operation = call.operation
            and counted.hour = date_trunc('hour', call.at, 'UTC'))""",
    }


def _older(table: str, column: str, name: str) -> str:
    return f"delete from {table} where {column} < {_before(name)}"


def _before(name: str) -> str:
    """Unknown, and so before nothing, where the worker noted no days."""
    return (
        "now() - (select make_interval(days => kept.days) from app.kept_days as kept"
        f" where kept.name = '{name}')"
    )


def _scheduled(name: str, sql: str) -> str:
    return f"  perform cron.schedule('hotdash: {name}', '40 3 * * *', $job${sql}$job$);\n"
