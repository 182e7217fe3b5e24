"""hotdash backfill plan|request|approve|refuse|run|status|diff|rollback|abort|list|drill"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape

from hotdash.entrypoints.cli import backfill_tables as tables
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.cli.proof import As, Link, Proof
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.entrypoints.wiring_backfill import backfill_work, office
from hotdash.jobs.backfill import (
    Answer,
    Request,
    approve_backfill,
    refuse_backfill,
    request_backfill,
    roll_back_backfill,
    standing,
    withdraw_backfill,
)
from hotdash.jobs.drill_backfill import drill_backfill
from hotdash.jobs.hand_out_backfill import hand_out_backfill
from hotdash.jobs.plan_backfill import Ask, plan_backfill
from hotdash.jobs.run_backfill import BackfillWork, abort_backfill, run_backfill
from hotdash.jobs.show_backfills import list_backfills, show_backfill, show_diff
from hotdash.jobs.try_backfill import try_backfill
from hotdash.pipeline.backfill.status import Status
from hotdash.storage.appdb.repositories.identity import names_of_actors
from hotdash.storage.appdb.repositories.shops import list_shops

commands = typer.Typer(
    help="Compute days of the past anew: plan, ask, approve, run, follow, go back.",
    no_args_is_help=True,
)
Id = Annotated[UUID, typer.Argument(help="The id of the plan, which is that of the backfill.")]
Reason = Annotated[str, typer.Option(help="Why, in one sentence; it is kept for ever.")]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="backfill")


@commands.command()
def plan(
    context: typer.Context,
    who: As,
    shop: Annotated[list[str], typer.Option(help="Whose days; may be given many times.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    model: Annotated[
        list[str] | None,
        typer.Option(help="Only this model and what rests on it; may be given many times."),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help="Only what rests on this source; may be given many times."),
    ] = None,
    refetch: Annotated[
        bool, typer.Option("--refetch", help="Fetch the raw data again before computing.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Compute it beside everything, and say what it would change."
        ),
    ] = False,
    link: Link = None,
    json: Json = False,
) -> None:
    """Say what would run, how long it takes, who must agree, and by a dry run what would change."""
    with _house(context, json) as house, _work(house, json) as work:
        person = Proof(who, link).prove(house)
        ask = Ask(
            *(tuple(shop), _day(first), _day(last), tuple(model or ()), tuple(source or ())),
            refetch,
        )
        planned = plan_backfill(
            *(house.database, work.engine, person, ask, work.environment, house.clock),
            partial(try_backfill, work) if dry_run else None,
        )
    if json:
        say_json(planned.as_json())
    else:
        tables.print_plan(planned)


@commands.command()
def request(
    context: typer.Context,
    plan: Id,
    who: As,
    reason: Reason,
    incident: Annotated[
        str | None, typer.Option(help="The incident review; needed for very long ranges.")
    ] = None,
    link: Link = None,
    json: Json = False,
) -> None:
    """Ask for what was planned."""
    with _house(context, json) as house:
        person = Proof(who, link).prove(house)
        verdict = request_backfill(office(house), person, Request(plan, reason, incident))
    needs = verdict.demand.needs_approval
    then = "Somebody else approves it now." if needs else "It may run."
    _tell(json, plan, f"{verdict.sentence} {then}", demand=verdict.demand.value)


@commands.command()
def approve(
    context: typer.Context,
    backfill: Id,
    who: As,
    hash: Annotated[str, typer.Option(help="The hash of the plan you looked at.")],
    reason: Reason,
    confirm: Annotated[
        str | None,
        typer.Option(help="Only for an owner alone: the shop and the hash, typed by hand."),
    ] = None,
    json: Json = False,
) -> None:
    """Approve what somebody else asked for; proven by password, because links are made here."""
    with _house(context, json) as house:
        person = Proof(who, None).prove(house)
        approve_backfill(office(house), person, backfill, Answer(hash, reason, confirm))
    _tell(json, backfill, "Approved; it may run.")


@commands.command()
def refuse(
    context: typer.Context, backfill: Id, who: As, reason: Reason, json: Json = False
) -> None:
    """Refuse what somebody asked for."""
    with _house(context, json) as house:
        refuse_backfill(office(house), Proof(who, None).prove(house), backfill, reason)
    _tell(json, backfill, "Refused.")


@commands.command()
def run(
    context: typer.Context, backfill: Id, who: As, link: Link = None, json: Json = False
) -> None:
    """Carry it out; where it was killed, it goes on from there."""
    with _house(context, json) as house, _work(house, json) as work:
        report = run_backfill(work, Proof(who, link).prove(house), backfill)
    again = ", resumed" if report.resumed else ""
    _tell(
        json,
        backfill,
        f"{report.rows:,} rows in {report.seconds} s{again}; "
        f"`hotdash backfill rollback {backfill}` leads back.",
        rows=report.rows,
        seconds=str(report.seconds),
        resumed=report.resumed,
    )


@commands.command()
def status(context: typer.Context, backfill: Id, json: Json = False) -> None:
    """Say how a backfill stands, how far it is, and everything that was said of it."""
    with _house(context, json) as house, house.database.snapshot() as session:
        document = show_backfill(session, backfill, names_of_actors(session))
    if json:
        say_json(document)
    else:
        tables.print_status(document)


@commands.command()
def diff(
    context: typer.Context,
    backfill: Id,
    shop: Annotated[str, typer.Option(help="Of which of its shops.")],
    json: Json = False,
) -> None:
    """List every number it changed, or would change by its dry run, by metric and day."""
    with _house(context, json) as house, house.database.snapshot() as session:
        document = show_diff(session, backfill, shop)
    if json:
        say_json(document)
    else:
        tables.print_diff(document)


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only of this shop.")] = None,
    json: Json = False,
) -> None:
    """List all backfills, the newest first."""
    with _house(context, json) as house, house.database.snapshot() as session:
        shops = [shop] if shop else [each.shop_id for each in list_shops(session)]
        found = list_backfills(session, shops, names_of_actors(session))
    if json:
        say_json({"backfills": found})
    else:
        tables.print_list(found)


@commands.command()
def rollback(
    context: typer.Context,
    backfill: Id,
    who: As,
    reason: Reason,
    link: Link = None,
    json: Json = False,
) -> None:
    """Show what was published before it, and keep to that until it is released."""
    with _house(context, json) as house:
        person = Proof(who, link).prove(house)
        roll_back_backfill(office(house), person, backfill, reason)
    _tell(
        json,
        backfill,
        "Rolled back and pinned. The warehouse still holds what it computed: after "
        "`hotdash publish release` the next run shows it again, unless its cause is mended first.",
    )


@commands.command()
def abort(
    context: typer.Context,
    backfill: Id,
    who: As,
    reason: Reason,
    link: Link = None,
    json: Json = False,
) -> None:
    """Give up what has not been shown yet; the shop's refreshes go on."""
    with _house(context, json) as house:
        person = Proof(who, link).prove(house)
        if _has_begun(house, backfill):
            with _work(house, json) as work:
                abort_backfill(work, person, backfill, reason)
        else:
            withdraw_backfill(office(house), person, backfill, reason)
    _tell(json, backfill, "Aborted.")


@commands.command("hand-out")
def hand_out(
    context: typer.Context, backfill: Id, who: As, link: Link = None, json: Json = False
) -> None:
    """Lay an agreed plan where the dbt macro `backfill` finds it, for a day."""
    with _house(context, json) as house, house.warehouse() as warehouse:
        hand_out_backfill(office(house), warehouse, Proof(who, link).prove(house), backfill)
    _tell(json, backfill, "Handed out for a day: `dbt run-operation backfill` accepts it.")


@commands.command()
def drill(
    context: typer.Context,
    who: As,
    shop: Annotated[str, typer.Option(help="Which shop; its numbers are as before afterwards.")],
    link: Link = None,
    json: Json = False,
) -> None:
    """Rehearse: compute yesterday anew, show it, roll back, release, and time it."""
    with _house(context, json) as house, _work(house, json) as work:
        drilled = drill_backfill(work, Proof(who, link).prove(house), shop)
    _tell(
        json,
        drilled.backfill_id,
        f"Computed and shown in {drilled.run_seconds} s, rolled back in "
        f"{drilled.rollback_seconds} s, released.",
        run_seconds=drilled.run_seconds,
        rollback_seconds=drilled.rollback_seconds,
    )


@contextmanager
def _house(context: typer.Context, json: bool) -> Generator[Installation]:
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        yield house


@contextmanager
def _work(house: Installation, json: bool) -> Generator[BackfillWork]:
    with shown_progress(err, silent=json) as progress, backfill_work(house, progress) as work:
        yield work


def _has_begun(house: Installation, backfill: UUID) -> bool:
    with house.database.jobs() as session:
        begun = {Status.RUNNING.value, Status.FAILED.value}
        return any(event.status in begun for event in standing(session, backfill))


def _day(instant: datetime) -> date:
    return instant.date()


def _tell(json: bool, backfill: UUID, sentence: str, **more: object) -> None:
    if json:
        say_json({"backfill": str(backfill), "done": sentence, **more})
    else:
        out.print(escape(sentence))
