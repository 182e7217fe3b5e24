"""hotdash decisions list|show|approve|reject|snooze|correct|export"""

import sys
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.markup import escape
from rich.table import Column, Table
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.decisions.corrections import correct as record_correction
from hotdash.decisions.recommendations.answering import Answer, Verdict, answer
from hotdash.entrypoints.cli.alerts import moment_of as span_or_moment
from hotdash.entrypoints.cli.instants import in_utc, instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.jobs.decision_documents import (
    EXPORTED,
    decisions_page,
    every_decision,
    exported,
    recommendation_document,
)
from hotdash.reports.files.csv_file import csv_line
from hotdash.storage.appdb.repositories.decisions import Wanted
from hotdash.storage.appdb.repositories.identity import names_of_people
from hotdash.storage.appdb.repositories.recommendations import (
    OPEN,
    events_of_recommendation,
    find_by_ending,
    list_recommendations,
)
from hotdash.storage.appdb.repositories.shops import list_shops

Shop = Annotated[str | None, typer.Option(help="Only this shop's.")]
Named = Annotated[str, typer.Argument(help="Its id, or how it ends.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept with the decision.")]
Actor = Annotated[str | None, typer.Option(help="By whom.")]
ActionOption = Annotated[
    str | None, typer.Option("--action", help="An action, or with a dot at its end a family.")
]
Subject = Annotated[str | None, typer.Option(help="A part of what it is about.")]
Since = Annotated[str | None, typer.Option(help="From this instant on.")]

_SHOWN_OF_ID = 8
_PAGE = 500


class Form(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"


commands = typer.Typer(
    help="See what is worth deciding, decide it, look back.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="decisions")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop = None,
    history: Annotated[
        bool, typer.Option("--history", help="What was decided instead of what waits.")
    ] = False,
    actor: Actor = None,
    action: ActionOption = None,
    subject: Subject = None,
    limit: Annotated[int, typer.Option(min=1, max=_PAGE, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List what waits for an answer, the most urgent first; or what was decided, the newest first."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        wanted = Wanted(actor, action, subject)
        with house.database.snapshot() as session:
            found = (
                _decided(session, _shops(session, shop), wanted, limit)
                if history
                else _waiting(session, _shops(session, shop), limit)
            )
    if json:
        say_json({"decisions" if history else "recommendations": found})
    elif not found:
        out.print("Nothing was decided." if history else "Nothing needs you.")
    else:
        out.print(_history(found) if history else _queue(found))


@commands.command()
def show(context: typer.Context, recommendation: Named, json: Json = False) -> None:
    """Show one with its reason, what it rests on, and everything that happened to it."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        record = find_by_ending(session, recommendation)
        names = names_of_people(session)
        events = events_of_recommendation(session, record.shop_id, record.recommendation_id)
        found = recommendation_document(record) | {
            "events": [
                {
                    "at": each.at.isoformat(),
                    "event": each.event,
                    "by": names.get(each.actor, each.actor),
                    "rank": each.rank,
                }
                for each in events
            ]
        }
    if json:
        say_json(found)
        return
    for name, value in found.items():
        if not isinstance(value, list):
            out.print(f"[bold]{name}[/] {escape(str(value if value is not None else '–'))}")
    for each in found["evidence"]:
        out.print(f"{each['label']}: {each['url']}", markup=False)
    for each in found["events"]:
        out.print(f"{each['at']} {each['event']} by {each['by']}", markup=False)


@commands.command()
def approve(
    context: typer.Context,
    recommendation: Named,
    reason: Reason,
    assignee: Annotated[
        str | None, typer.Option(help="Who works on it; a page or an anomaly needs somebody.")
    ] = None,
    option: Annotated[str | None, typer.Option(help="Which of its options.")] = None,
    external_ref: Annotated[
        str | None, typer.Option(help="Its number elsewhere, such as a purchase order.")
    ] = None,
    json: Json = False,
) -> None:
    """Decide to do it."""
    more = {"assignee": assignee, "option": option, "external_ref": external_ref}
    _answer(context, recommendation, Verdict.APPROVE, reason, json, **more)


@commands.command()
def reject(
    context: typer.Context,
    recommendation: Named,
    reason: Reason,
    option: Annotated[
        str | None, typer.Option(help="Which of its options: an anomaly may be explained.")
    ] = None,
    json: Json = False,
) -> None:
    """Decide not to do it."""
    _answer(context, recommendation, Verdict.REJECT, reason, json, option=option)


@commands.command()
def snooze(
    context: typer.Context,
    recommendation: Named,
    until: Annotated[str, typer.Option(help="How long, like 4h or 2d, or until when.")],
    reason: Reason,
    json: Json = False,
) -> None:
    """Put it off; it comes back sooner if it gets clearly worse."""
    _answer(context, recommendation, Verdict.SNOOZE, reason, json, until=until)


@commands.command()
def correct(
    context: typer.Context,
    decision: Annotated[UUID, typer.Argument(help="The decision, by its id.")],
    shop: Annotated[str, typer.Option(help="Whose decision it is.")],
    reason: Reason,
    json: Json = False,
) -> None:
    """Say what was wrong about a decision; both are kept."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        now = house.clock.now()
        with house.database.jobs() as session:
            made = record_correction(
                session, shop, decision, now, actor=operator(), rationale=reason
            )
    if json:
        say_json({"decision": str(made), "corrects": str(decision)})
    else:
        out.print(f"Kept as {made}.")


@commands.command()
def export(
    context: typer.Context,
    shop: Shop = None,
    form: Annotated[Form, typer.Option("--format", help="csv for spreadsheets, ndjson whole.")] = (
        Form.CSV
    ),
    actor: Actor = None,
    action: ActionOption = None,
    subject: Subject = None,
    since: Since = None,
    until: Annotated[str | None, typer.Option(help="Before this instant.")] = None,
) -> None:
    """Write every decision to the standard output, the newest first."""
    with told_errors(False), migrated_installation(invocation(context).settings()) as house:
        spans = instant_of(since, "since"), instant_of(until, "until")
        wanted = Wanted(actor, action, subject, None, *spans)
        with house.database.snapshot() as session:
            _write(form, _every(session, _shops(session, shop), wanted))


def _answer(
    context: typer.Context,
    named: str,
    verdict: Verdict,
    reason: str,
    json: bool,
    *,
    until: str | None = None,
    **more: str | None,
) -> None:
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        told = _given(house, verdict, reason, until, more)
        with house.database.jobs() as session:
            asked = find_by_ending(session, named)
            key = asked.shop_id, asked.recommendation_id
            made = answer(session, *key, told, house.clock.now())
    if json:
        say_json(
            {"recommendation": made.recommendation, "decision": made.decision}
            | {"status": made.status, "action": made.action, "assignment": made.assignment}
        )
    else:
        out.print(f"{asked.shop_id}: {asked.title} is {made.status}.", markup=False)


def _given(
    house: Installation,
    verdict: Verdict,
    reason: str,
    until: str | None,
    more: Mapping[str, str | None],
) -> Answer:
    moment = span_or_moment(until, house.clock.now()) if until is not None else None
    return Answer(
        verdict,
        reason,
        operator(),
        until=moment,
        option=more.get("option"),
        external_ref=more.get("external_ref"),
        assignee=more.get("assignee"),
        is_operator=True,
    )


def _shops(session: Session, shop: str | None) -> list[str]:
    known = [each.shop_id for each in list_shops(session)]
    if shop is None:
        return known
    if shop not in known:
        raise NotFoundError(
            f"There is no shop {shop!r}.",
            hint=f"The shops here are {', '.join(known) or 'none'}.",
            field="shop",
        )
    return [shop]


def _waiting(session: Session, shops: list[str], limit: int) -> list[dict[str, Any]]:
    return [
        recommendation_document(each)
        for shop_id in shops
        for each in list_recommendations(session, shop_id, [OPEN], limit=limit)
    ]


def _decided(
    session: Session, shops: list[str], wanted: Wanted, limit: int
) -> list[dict[str, Any]]:
    names = names_of_people(session)
    return [
        each
        for shop_id in shops
        for each in decisions_page(session, shop_id, wanted, limit, names).documents
    ]


def _every(session: Session, shops: list[str], wanted: Wanted) -> Iterator[dict[str, Any]]:
    names = names_of_people(session)
    for shop_id in shops:
        yield from every_decision(session, shop_id, wanted, names)


def _write(form: Form, found: Iterator[dict[str, Any]]) -> None:
    if form is Form.NDJSON:
        for each in found:
            sys.stdout.write(orjson.dumps(each).decode() + "\n")
        return
    sys.stdout.write(csv_line(EXPORTED))
    for each in found:
        sys.stdout.write(csv_line(exported(each)))


def _queue(found: list[dict[str, Any]]) -> Table:
    table = Table(Column("id", no_wrap=True), "shop", "what", "impact", "sure", "until")
    for each in found:
        amount = each["impact_amount"]
        impact = f"{amount} {each['currency']}" if amount is not None else each["impact_text"]
        table.add_row(
            each["recommendation"][-_SHOWN_OF_ID:],
            escape(each["shop"]),
            escape(f"{each['title']}\n{each['reason']}"),
            escape(impact or "–"),
            each["confidence"],
            in_utc(each["deadline"]),
        )
    return table


def _history(found: list[dict[str, Any]]) -> Table:
    table = Table("decided", "shop", "by", "what", "about", "why", "outcome")
    for each in found:
        outcome = each["outcome"]
        table.add_row(
            in_utc(each["decided_at"]),
            *(escape(each[name]) for name in ("shop", "by", "action", "subject", "rationale")),
            escape(outcome["sentence"] if outcome else "–"),
        )
    return table
