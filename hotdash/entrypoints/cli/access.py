"""hotdash access report|customer"""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.errors import SettingsError
from hotdash.base.roles import Permission
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.proof import Link, Proof
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.governance.access.report import access_report, today
from hotdash.governance.privacy.reveal import Reveal, masked_person, reveal_person
from hotdash.storage.appdb.repositories.identity import names_of_actors
from hotdash.storage.appdb.repositories.shops import get_shop

Shop = Annotated[str, typer.Option(help="Whose data.")]

commands = typer.Typer(
    help="See who read what, and whom a pseudonym stands for.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="access")


@commands.command()
def report(
    context: typer.Context,
    shop: Shop,
    days: Annotated[int, typer.Option(min=1, max=400, help="The last so many days, in UTC.")] = 30,
    json: Json = False,
) -> None:
    """Say who read what kind of data how often, and who looked at which fields of persons."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        last = today(house.clock.now())
        with house.database.snapshot() as session:
            get_shop(session, shop)
            found = access_report(session, shop, last - timedelta(days=days - 1), last)
            told = found.as_json(names_of_actors(session))
        if json:
            say_json({"shop": shop} | told)
        else:
            _print(told)


@commands.command()
def customer(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="The customer's pseudonym, as marts carry it.")],
    shop: Shop,
    who: Annotated[
        str | None,
        typer.Option("--as", metavar="EMAIL", help="Who you are, to see them in full."),
    ] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why you need it; needed to see them in full, and kept.")
    ] = None,
    link: Link = None,
    json: Json = False,
) -> None:
    """Show who a pseudonym stands for: masked, or in full with --as and --reason, written down."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        if (who is None) != (reason is None):
            raise SettingsError(
                "To see somebody in full both --as and --reason are needed.",
                hint="Give both, or neither to see them masked.",
                field="reason",
            )
        if who is None:
            person = masked_person(house.find_identity, shop, key)
        else:
            asked = _asked(house, Proof(who, link), shop, key, reason or "")
            person = reveal_person(house.database, house.find_identity, asked, house.clock.now())
        document = {"shop": shop, "customer": key, "masked": who is None} | asdict(person)
        if json:
            say_json(document)
        else:
            for name, value in document.items():
                out.print(f"[bold]{name}[/] {escape(str(value))}")


def _asked(house: Installation, proof: Proof, shop: str, key: str, reason: str) -> Reveal:
    person = proof.prove(house)
    person.require(shop, Permission.REVEAL_PEOPLE)
    return Reveal(shop, key, person.user_id, person.actor, reason, f"terminal, {person.seat}")


def _print(told: dict[str, Any]) -> None:
    out.print(f"From {told['from']} to {told['to']}, in UTC.")
    reads = Table("who", "what", "door", _number("reads"), _number("days"), "last")
    for each in told["reads"]:
        counts = (f"{each['reads']:,}", f"{each['days']:,}")
        who = escape(each["name"] or each["who"])
        reads.add_row(who, each["kind"], each["door"], *counts, in_utc(each["last_at"]))
    out.print(reads if told["reads"] else "Nobody has read anything.")
    reveals = Table("who", _number("reveals"), "people", "fields", "last")
    for each in told["reveals"]:
        fields = ", ".join(f"{name} {count}" for name, count in each["fields"].items())
        who = escape(each["name"] or each["who"])
        row = (f"{each['reveals']:,}", f"{each['people']:,}", fields, in_utc(each["last_at"]))
        reveals.add_row(who, *row)
    out.print(reveals if told["reveals"] else "No customer was looked at in full.")


def _number(title: str) -> Column:
    return Column(title, justify="right")
