"""hotdash checks list|show|scorecard|override|limits|incident"""

from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.jobs.decide_quality import (
    Decider,
    decide_freshness,
    label_days,
    newest_answer,
    override_check,
    revoke_override,
)
from hotdash.jobs.quality_documents import (
    check_document,
    override_document,
    scorecard_document,
)
from hotdash.storage.appdb.repositories.checks import PASSED, answers_of, newest_answers
from hotdash.storage.appdb.repositories.freshness import decided_limits
from hotdash.storage.appdb.repositories.incidents import labelled_incidents
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.repositories.scorecard import scores_since
from hotdash.storage.appdb.repositories.shops import get_shop

Shop = Annotated[str, typer.Option(help="Whose checks.")]
Check = Annotated[str, typer.Argument(help="The check by its name; see hotdash checks list.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]

_STYLES = {"blocking": "bold red", "warning": "yellow"}
_SHOWN_ANSWERS = 10

commands = typer.Typer(
    help="See what the checks found, and decide about warnings.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="checks")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop,
    all_: Annotated[bool, typer.Option("--all", help="Also those that passed.")] = False,
    json: Json = False,
) -> None:
    """List what the newest build's checks found, the gravest first."""
    with told_errors(json), _house(context) as house, house.database.jobs() as session:
        get_shop(session, shop)
        answers = newest_answers(session, shop)
        aside = standing_overrides(session, [shop], house.clock.now())
    shown = [each for each in answers if all_ or each.status != PASSED]
    if json:
        say_json(
            {
                "shop": shop,
                "asked": len(answers),
                "checks": [check_document(each) for each in shown],
                "overrides": [override_document(each) for each in aside],
            }
        )
        return
    out.print(f"{len(answers)} checks were asked of {shop}.", markup=False)
    table = Table(Column("check", overflow="fold"), "severity", "state", "what it found")
    for each in shown:
        style = _STYLES.get(each.severity, "")
        word = f"[{style}]{each.severity}[/]" if style else each.severity
        state = "set aside" if each.override_id else each.status
        table.add_row(each.check_name, word, state, escape(each.sentence))
    if shown:
        out.print(table)


@commands.command()
def show(context: typer.Context, check: Check, shop: Shop, json: Json = False) -> None:
    """Show one check: what it guards, its newest answers and some failing rows."""
    with told_errors(json), _house(context) as house, house.database.jobs() as session:
        get_shop(session, shop)
        newest = newest_answer(session, shop, check)
        before = answers_of(session, shop, check, _SHOWN_ANSWERS)
    document = check_document(newest, with_sample=True)
    document["answers"] = [
        {"at": iso_utc(each.at) if each.at else None, "status": each.status} for each in before
    ]
    if json:
        say_json(document)
        return
    for name, value in document.items():
        out.print(f"[bold]{name}[/] {escape(_plain(value))}")


@commands.command()
def scorecard(
    context: typer.Context,
    shop: Shop,
    days: Annotated[int, typer.Option(help="How many days back.", min=1, max=365)] = 30,
    json: Json = False,
) -> None:
    """Show how complete, right, timely, valid, unique and consistent each source is."""
    with told_errors(json), _house(context) as house, house.database.jobs() as session:
        get_shop(session, shop)
        first = (house.clock.now() - timedelta(days=days)).date()
        document = scorecard_document(scores_since(session, shop, first))
    if json:
        say_json({"shop": shop, "sources": document})
        return
    table = Table("source", "dimension", "score", "lowest", "failing")
    for source in document:
        for name, told in source["dimensions"].items():
            failing = ", ".join(told["failed"])
            table.add_row(source["source"], name, told["score"], told["lowest"], escape(failing))
    out.print(table)


@commands.command()
def override(
    context: typer.Context,
    check: Check,
    shop: Shop,
    reason: Reason,
    days: Annotated[int, typer.Option(help="How long, thirty at most.")] = 7,
    end: Annotated[bool, typer.Option("--end", help="Take it back instead.")] = False,
    json: Json = False,
) -> None:
    """Set a failing warning aside for some days: it is shown, and nobody is told."""
    with told_errors(json), _house(context) as house, house.database.jobs() as session:
        get_shop(session, shop)
        by = Decider(operator(), reason, house.clock.now())
        if end:
            revoke_override(session, shop, check, by)
            _tell(json, {"check": check, "done": f"{check} tells people again from the next run."})
            return
        made = override_check(session, shop, check, timedelta(days=days), by)
        _tell(
            json,
            override_document(made)
            | {"done": f"{check} is set aside until {iso_utc(made.expires_at)}."},
        )


@commands.command()
def limits(
    context: typer.Context,
    shop: Shop,
    source: Annotated[str | None, typer.Argument(help="Whose limits to decide.")] = None,
    soft: Annotated[int | None, typer.Option(help="Minutes until it is told.")] = None,
    hard: Annotated[int | None, typer.Option(help="Minutes until it blocks.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; it is kept.")] = None,
    json: Json = False,
) -> None:
    """Show how late each source of a shop may be, or decide it for one."""
    with told_errors(json), _house(context) as house, house.database.jobs() as session:
        get_shop(session, shop)
        if source is not None:
            known = house.freshness_limits()
            if source not in known:
                raise NotFoundError(
                    f"There is no source {source!r}.",
                    hint=f"The sources are {', '.join(sorted(known))}.",
                    field="source",
                )
            if soft is None or hard is None or not reason:
                raise HotdashError(
                    f"New limits of {source} need both and a reason.",
                    hint="Give --soft, --hard and --reason.",
                )
            by = Decider(operator(), reason, house.clock.now())
            spans = timedelta(minutes=soft), timedelta(minutes=hard)
            decide_freshness(session, shop, source, *spans, by)
        told = _limits(house, session, shop)
    if json:
        say_json({"shop": shop, "limits": told})
        return
    table = Table("source", "told after", "blocks after", "decided by")
    for each in told:
        spans = [f"{each[name]} min" for name in ("soft_minutes", "hard_minutes")]
        table.add_row(each["source"], *spans, escape(each["decided_by"] or ""))
    out.print(table)


@commands.command()
def incident(
    context: typer.Context,
    shop: Shop,
    series: Annotated[str | None, typer.Argument(help="Such as orders, or all.")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Its first day.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Its last day.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="What happened.")] = None,
    json: Json = False,
) -> None:
    """Label days as out of the ordinary, so that no baseline learns from them; without a series, list them."""
    with told_errors(json), _house(context) as house, house.database.jobs() as session:
        get_shop(session, shop)
        if series is not None:
            if first is None or not reason:
                raise HotdashError(
                    f"An incident of {series} needs its first day and what happened.",
                    hint="Give --from and --reason.",
                )
            by = Decider(operator(), reason, house.clock.now())
            label_days(session, shop, series, first.date(), (last or first).date(), by)
        told = [
            {
                "incident": str(each.incident_id),
                "series": each.series,
                "from": each.first_day.isoformat(),
                "to": each.last_day.isoformat(),
                "told": each.told,
                "labelled_by": each.labelled_by,
            }
            for each in labelled_incidents(session, [shop])
        ]
    if json:
        say_json({"shop": shop, "incidents": told})
        return
    table = Table("series", "from", "to", "what happened")
    for each in told:
        table.add_row(each["series"], each["from"], each["to"], escape(each["told"]))
    out.print(table)


def _house(context: typer.Context) -> Any:
    return migrated_installation(invocation(context).settings())


def _limits(house: Installation, session: Session, shop: str) -> list[dict[str, Any]]:
    own = decided_limits(session, [shop])
    told: list[dict[str, Any]] = []
    for source, limit in sorted(house.freshness_limits().items()):
        decided = own.get((shop, source))
        told.append(
            {
                "source": source,
                "soft_minutes": decided.soft_minutes
                if decided
                else int(limit.soft.total_seconds() // 60),
                "hard_minutes": decided.hard_minutes
                if decided
                else int(limit.hard.total_seconds() // 60),
                "decided_by": decided.decided_by if decided else None,
                "reason": decided.reason if decided else None,
            }
        )
    return told


def _tell(as_json: bool, document: dict[str, Any]) -> None:
    if as_json:
        say_json(document)
    else:
        out.print(document["done"], markup=False)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(each) for each in value) or "–"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return "–" if value is None else str(value)
