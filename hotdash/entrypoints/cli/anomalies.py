"""hotdash anomalies list|show|answer|look"""

from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.wording import judged_by, told
from hotdash.jobs.anomaly_document import anomaly_document, look_document, shown_anomaly
from hotdash.jobs.answer_anomaly import AnomalyAnswer, answer_anomaly, state_named
from hotdash.jobs.look_for_anomalies import look_for_anomalies
from hotdash.storage.appdb.repositories.anomalies import (
    ALERT,
    find_anomaly,
    last_look,
    list_anomalies,
    past_of,
)
from hotdash.storage.appdb.repositories.identity import names_of_actors

Anomaly = Annotated[str, typer.Argument(help="Its id, or how it begins or ends.")]
Shop = Annotated[str, typer.Option(help="The shop, by its id.")]
_SHOWN_OF_ID = 8
_STYLES = {"alert": "bold red", "digest": "yellow"}

commands = typer.Typer(
    help="See what was out of the ordinary and why, and answer it.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="anomalies")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop,
    state: Annotated[State | None, typer.Option(help="Only those that stand so.")] = None,
    level: Annotated[str | None, typer.Option(help="Only alert, or only digest.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 30,
    json: Json = False,
) -> None:
    """List them, the newest day first."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        found = [
            anomaly_document(each)
            for each in list_anomalies(session, shop, level=level, state=state, limit=limit)
        ]
        look = look_document(last_look(session, shop))
    if json:
        say_json({"shop": shop, "look": look, "anomalies": found})
        return
    if look is None:
        out.print("Nobody has looked yet: `hotdash anomalies look`.")
        return
    out.print(_table(found) if found else "Nothing was out of the ordinary.")
    out.print(f"Looked at {look['series']} series up to {look['last_day']}.", style="dim")
    for series, why in look["raised"].items():
        out.print(f"{series}: {why}", style="dim", markup=False)


@commands.command()
def show(context: typer.Context, anomaly: Anomaly, json: Json = False) -> None:
    """Show one with what drives it, what else moved, what came before and how past ones ended."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        record = find_anomaly(session, None, anomaly)
        found = shown_anomaly(record, past_of(session, record))
        names = names_of_actors(session)
    if json:
        say_json(found)
        return
    _say(found)
    for each in found["events"]:
        by = names.get(each["actor"], each["actor"])
        out.print(
            f"{each['at']} {each['state']} by {by} {each['note'] or ''}".rstrip(), markup=False
        )


@commands.command()
def answer(
    context: typer.Context,
    anomaly: Anomaly,
    state: Annotated[str, typer.Argument(help="acknowledged, assigned, explained, false_alarm")],
    reason: Annotated[str, typer.Option(help="What it was; needed where that ends it.")] = "",
    assignee: Annotated[str | None, typer.Option(help="Who looks at it.")] = None,
    json: Json = False,
) -> None:
    """Say how it stands; an explained day is in no other baseline of its series."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.jobs() as session,
    ):
        record = find_anomaly(session, None, anomaly)
        given = AnomalyAnswer(state_named(state), operator(), reason, assignee)
        after = anomaly_document(answer_anomaly(session, record, given, house.clock.now()))
    if json:
        say_json(after)
        return
    out.print(f"{after['headline']} It is {State(after['state']).label.lower()}.", markup=False)


@commands.command()
def look(
    context: typer.Context,
    shop: Annotated[list[str] | None, typer.Option(help="Only this one; all if not told.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also where the publication was looked at.")
    ] = False,
    json: Json = False,
) -> None:
    """Look now, as the worker does every hour."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        kept = look_for_anomalies(
            house.database, house.clock, shops=shop, desk=house.alerts, again=again
        )
    if json:
        say_json(
            {"looked": [{name: getattr(each, name) for name in each.__slots__} for each in kept]}
        )
        return
    for each in kept:
        out.print(f"{each.shop_id}: {each.series} series, {each.new} new, {each.gone} gone.")
    if not kept:
        out.print("Nothing was published since the last look.")


def _table(found: list[dict[str, Any]]) -> Table:
    table = Table(
        Column("id"), Column("day"), Column("level"), Column("state"), Column("what", ratio=1)
    )
    for each in found:
        style = _STYLES.get(each["level"], "")
        table.add_row(
            each["id"][-_SHOWN_OF_ID:],
            each["day"],
            f"[{style}]{each['level']}[/]{'' if _rings(each) else ', rang before'}",
            each["state"],
            escape(each["headline"]),
        )
    return table


def _rings(found: dict[str, Any]) -> bool:
    return found["level"] != ALERT or found["is_new"]


def _say(found: dict[str, Any]) -> None:
    context = found["context"]
    first, *rest = found["sentences"]
    out.print(first, style="bold", markup=False)
    for each in rest:
        out.print(each, markup=False)
    out.print(
        f"{Decimal(found['z']):+.1f} standard deviations, judged {judged_by(found['grain'], found['judged_by'])}; "
        f"usual are {told(Decimal(found['low']), found['unit'])} to {told(Decimal(found['high']), found['unit'])}.",
        markup=False,
    )
    for title, lines in (
        (
            "Moved as well",
            [f"{each['title']} (z {Decimal(each['z']):+.1f})" for each in context["moved"]],
        ),
        ("As usual", [each["title"] for each in context["steady"]]),
        ("Before", [f"{each['day']} {each['text']}" for each in context["before"]]),
        (
            "Earlier",
            [f"{each['day']} {each['state']}: {each['ended'] or '–'}" for each in found["past"]],
        ),
    ):
        if lines:
            out.print(f"[bold]{title}[/]")
            for each in lines:
                out.print(f"  {each}", markup=False)
    if context["tuned"]:
        out.print(context["tuned"], style="dim", markup=False)
