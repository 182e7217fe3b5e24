"""hotdash alerts list|show|ack|snooze|resolve|false-alarm|send|digest|rules|test|channel"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.cli import alert_channel
from hotdash.entrypoints.cli.instants import in_utc, instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.served_address import address_of_pages
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.jobs.alert_document import (
    false_alarm_figures,
    listed_alerts,
    shown_alert,
)
from hotdash.jobs.handle_alert import Answer, Handling, handle_alert
from hotdash.jobs.notify_findings import Told
from hotdash.jobs.send_alerts import send_alerts
from hotdash.jobs.weekly_digest import weekly_digest
from hotdash.storage.appdb.repositories.alerts import find_alert
from hotdash.storage.appdb.repositories.identity import names_of_actors

Shop = Annotated[list[str] | None, typer.Option(help="Only this shop's; may be given many times.")]
Alert = Annotated[str, typer.Argument(help="Its id, or how it begins or ends.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]
Note = Annotated[str, typer.Option(help="What others should know.")]

_SHOWN_OF_ID = 8
_STYLES = {"blocking": "bold red", "warning": "yellow"}
_SPAN = re.compile(r"(\d{1,3})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

commands = typer.Typer(
    help="See what is wrong, answer it, and say who hears of it.", no_args_is_help=True
)
commands.add_typer(alert_channel.commands, name="channel")
alert_channel.register_rules(commands)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="alerts")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop = None,
    closed: Annotated[bool, typer.Option("--closed", help="Also those that are over.")] = False,
    json: Json = False,
) -> None:
    """List what is open, the newest first, and how many were false week by week."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        now, rules = house.clock.now(), house.alerts.rules
        with house.database.snapshot() as session:
            url = address_of_pages(house.settings)
            found = listed_alerts(session, shop, now, url, closed=closed)
            figures = false_alarm_figures(session, shop, now, rules)
    if json:
        say_json({"alerts": found, "false_alarms_per_week": figures})
        return
    out.print(_table(found) if found else "Nothing is wrong that anybody knows of.")
    weeks = ", ".join(f"{each['week']}: {each['false_alarms']}" for each in figures)
    out.print(f"False alarms per week since Monday, {weeks}", style="dim")


@commands.command()
def show(context: typer.Context, alert: Alert, json: Json = False) -> None:
    """Show one with what to do, what was done, and who was told when."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        found = shown_alert(
            session, find_alert(session, alert), house.clock.now(), address_of_pages(house.settings)
        )
        names = names_of_actors(session)
    if json:
        say_json(found)
        return
    for name, value in found.items():
        if not isinstance(value, list):
            out.print(f"[bold]{name}[/] {escape(str(value if value is not None else '–'))}")
    for each in found["events"]:
        by = names.get(each["actor"], each["actor"])
        told = f"{each['at']} {each['event']} by {by} {each['note'] or ''}"
        out.print(told.rstrip(), markup=False)
    for each in found["deliveries"]:
        told = f"{each['at']} {each['what']} through {each['channel']}: {each['status']}"
        out.print(told, markup=False, style="dim")


@commands.command()
def ack(context: typer.Context, alert: Alert, note: Note = "", json: Json = False) -> None:
    """Say that you look after it: nobody else is asked, until its time to be mended is over."""
    _answer(context, alert, Answer.ACKNOWLEDGE, json, note=note)


@commands.command()
def snooze(
    context: typer.Context,
    alert: Alert,
    until: Annotated[
        str,
        typer.Option(help="How long, like 30m, 4h or 2d, or until when, like 2026-11-02T08:00."),
    ],
    note: Note = "",
    json: Json = False,
) -> None:
    """Hear nothing of it for a while; afterwards it is told again if it is still there."""
    _answer(context, alert, Answer.SNOOZE, json, note=note, until=until)


@commands.command()
def resolve(context: typer.Context, alert: Alert, reason: Reason, json: Json = False) -> None:
    """Say that it is mended; if the check fails once more, that is a new alert."""
    _answer(context, alert, Answer.RESOLVE, json, note=reason)


@commands.command("false-alarm")
def false_alarm(context: typer.Context, alert: Alert, reason: Reason, json: Json = False) -> None:
    """Say that nothing was wrong: it stays silent until the check has passed, and is counted."""
    _answer(context, alert, Answer.FALSE_ALARM, json, note=reason)


@commands.command()
def send(context: typer.Context, json: Json = False) -> None:
    """Tell now what is due: what failed to be told, waited for the morning, or got no answer."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _say(Told.of(send_alerts(house.alerts)), json)


@commands.command()
def digest(context: typer.Context, json: Json = False) -> None:
    """Tell each shop's week, once a week however often it is asked."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _say(weekly_digest(house.alerts), json)


def _answer(
    context: typer.Context,
    named: str,
    answer: Answer,
    json: bool,
    *,
    note: str,
    until: str | None = None,
) -> None:
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        now = house.clock.now()
        handling = Handling(answer, operator(), note, moment_of(until, now))
        with house.database.jobs() as session:
            handle_alert(session, find_alert(session, named), handling, now)
        send_alerts(house.alerts)
        _tell(house, named, json)


def _tell(house: Installation, named: str, json: bool) -> None:
    with house.database.snapshot() as session:
        found = shown_alert(
            session, find_alert(session, named), house.clock.now(), address_of_pages(house.settings)
        )
    if json:
        say_json(found)
    else:
        out.print(f"{found['shop']}: {found['check']} is {found['status']}.", markup=False)


def moment_of(text: str | None, now: datetime) -> datetime | None:
    span = _SPAN.fullmatch(text or "")
    if span is not None:
        return now + timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        return instant_of(text, "until")
    except HotdashError as error:
        hint = "Write it like 30m, 4h or 2d, or as an instant like 2026-11-02T08:00."
        raise HotdashError(error.message, hint=hint, field="until") from None


def _say(told: Told, json: bool) -> None:
    if json:
        say_json(
            {
                "opened": told.opened,
                "resolved": told.resolved,
                "escalated": told.escalated,
                "undelivered": told.undelivered,
                "held": told.held,
            }
        )
        return
    out.print(
        f"{told.opened} new messages, {told.resolved} about what is over, {told.escalated} for who "
        f"is asked next; {told.held} wait for the morning, {told.undelivered} were not taken."
    )


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table(Column("alert", no_wrap=True), "shop", "severity", "what", "since", "status")
    for each in found:
        style = _STYLES.get(each["severity"], "")
        status = each["status"] + (f" by {each['by']}" if each["by"] else "")
        until = each["snoozed_until"]
        table.add_row(
            each["alert"][-_SHOWN_OF_ID:],
            escape(each["shop"]),
            f"[{style}]{each['severity']}[/]" if style else each["severity"],
            escape(f"{each['check']}: {each['sentence']}"),
            in_utc(each["opened_at"]),
            escape(
                status
                + (f" until {in_utc(until)}" if until and each["status"] == "snoozed" else "")
            ),
        )
    return table
