"""hotdash privacy export|erase|replay|report"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.base.errors import SettingsError
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.entrypoints.wiring_privacy import finish_restore_or_replay, privacy_desk
from hotdash.governance.privacy.erase import Asking, Proof
from hotdash.governance.privacy.erasure_log import Erasure, erasures
from hotdash.storage.appdb.models import ComplianceRequest
from hotdash.storage.appdb.repositories.shops import get_shop

Shop = Annotated[str, typer.Option(help="Whose customer.")]
Customer = Annotated[
    str, typer.Argument(help="The shop's number of the customer, a customer key, or an address.")
]
Reason = Annotated[str, typer.Option(help="Why; it is kept, so it names no person.")]

commands = typer.Typer(
    help="Export or erase everything that is known of a person.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="privacy")


@commands.command()
def export(
    context: typer.Context, customer: Customer, shop: Shop, reason: Reason, json: Json = False
) -> None:
    """Write one archive of everything known of a person, readable by this user only."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        _require_known(house, shop)
        with privacy_desk(house) as desk:
            file = desk.export(shop, customer, Asking(operator(), reason))
        if json:
            say_json({"shop": shop, "file": str(file)})
        else:
            out.print(f"Everything known is in {escape(str(file))}.", soft_wrap=True)
            out.print("Hand it over and remove it: an erasure removes it too.", style="dim")


@commands.command()
def erase(
    context: typer.Context,
    customer: Customer,
    shop: Shop,
    reason: Reason,
    yes: Annotated[
        bool, typer.Option("--yes", help="It cannot be undone; without this nothing is done.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a person's words over in every store, look again, and keep a proof."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        if not yes:
            raise SettingsError(
                "Erasing cannot be undone, and nothing was done.",
                hint="Look first with `hotdash privacy export`; then give --yes.",
                field="yes",
            )
        _require_known(house, shop)
        with privacy_desk(house) as desk:
            elsewhere = desk.also_known_in(shop, customer)
            proof = desk.erase(shop, customer, Asking(operator(), reason))
        _say([proof], json, elsewhere)


@commands.command()
def replay(context: typer.Context, json: Json = False) -> None:
    """Erase again whoever was erased: after a backup was restored, or an erasure was killed."""
    with told_errors(json), _unsettled_installation(context) as house:
        _say(finish_restore_or_replay(house), json)


@commands.command()
def report(context: typer.Context, json: Json = False) -> None:
    """Say who was erased, and what vendors ask for that is still open."""
    with told_errors(json), _unsettled_installation(context) as house:
        found = erasures(house.settings.home)
        with privacy_desk(house) as desk:
            waiting = desk.open_requests()
        if json:
            say_json(
                {
                    "erasures": [_erasure_document(each) for each in found],
                    "waiting": [_request_document(each) for each in waiting],
                }
            )
        else:
            _show_erasures(found)
            _show_waiting(waiting)


def _unsettled_installation(context: typer.Context) -> AbstractContextManager[Installation]:
    """For telling and mending what keeps a restore from being settled; whoever writes settles it first."""
    return migrated_installation(invocation(context).settings(), settles=False)


def _require_known(house: Installation, shop: str) -> None:
    with house.database.snapshot() as session:
        get_shop(session, shop)


def _say(proofs: Sequence[Proof], json: bool, elsewhere: Sequence[str] = ()) -> None:
    if json:
        erased = [{**each.as_json(), "file": str(each.file)} for each in proofs]
        say_json({"erased": erased, "also_known_in": list(elsewhere)})
        return
    for proof in proofs:
        out.print(
            f"{proof.erasure.erasure_id}: {len(proof.stores):,} stores searched, the person stood in "
            f"{len(proof.held):,} and stands in {len(proof.left):,}. Proof: {escape(str(proof.file))}",
            soft_wrap=True,
        )
    if not proofs:
        out.print("Nobody who was erased is here again.")
    if elsewhere:
        out.print(
            f"The same address is also known in {escape(', '.join(elsewhere))}, and stays there: a "
            "person is one shop's. Erase there too, by address.",
            soft_wrap=True,
        )


def _show_erasures(found: Sequence[Erasure]) -> None:
    table = Table("erasure", "shop", "asked", "by", "finished")
    for each in found:
        finished = in_utc(each.finished_at, "open")
        asked = in_utc(each.asked_at)
        table.add_row(each.erasure_id, each.shop_id, asked, escape(each.actor), finished)
    out.print(table if found else "Nobody was erased here.")


def _show_waiting(waiting: Sequence[ComplianceRequest]) -> None:
    table = Table("shop", "vendor", "asks for", "until")
    for each in waiting:
        table.add_row(each.shop_id, each.vendor, each.topic, f"{each.due_at:%Y-%m-%d}")
    out.print(table if waiting else "No vendor waits for an answer.")


def _erasure_document(each: Erasure) -> dict[str, object]:
    return {
        "erasure_id": each.erasure_id,
        "shop_id": each.shop_id,
        "asked_at": iso_utc(each.asked_at),
        "actor": each.actor,
        "reason": each.reason,
        "finished_at": iso_utc(each.finished_at) if each.finished_at else None,
        "proof_sha256": each.proof_sha256,
    }


def _request_document(each: ComplianceRequest) -> dict[str, object]:
    return {
        "shop_id": each.shop_id,
        "vendor": each.vendor,
        "topic": each.topic,
        "received_at": iso_utc(each.received_at),
        "due_at": iso_utc(each.due_at),
    }
