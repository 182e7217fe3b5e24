"""hotdash packet make|list|show"""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Column, Table
from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.weekly_packet import keep_made, packet_url
from hotdash.reports.packet.files import MADE, file_name, files_of
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import (
    Form,
    PacketRecord,
    get_packet,
    list_packets,
    packet_file,
)
from hotdash.storage.appdb.repositories.shops import ShopRecord, list_shops

commands = typer.Typer(help="Make and read the weekly packets of a shop.", no_args_is_help=True)
Shop = Annotated[str, typer.Option(help="The shop, by its id.")]
Forms = Annotated[
    list[Form] | None, typer.Option("--format", help="What to write; all of them if not told.")
]
Folder = Annotated[Path, typer.Option(help="Where to write it.")]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="packet")


@commands.command()
def make(
    context: typer.Context,
    shop: Shop,
    week: Annotated[
        str | None, typer.Option(help="Like 2026-W47; the last full week of the shop if not told.")
    ] = None,
    form: Forms = None,
    folder: Folder = Path(),
    keep: Annotated[
        bool, typer.Option("--keep", help="Also keep it in the archive, if that has none of it.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a week as files: the same week of the same publication is the same bytes."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.snapshot() as session:
            known = _shop(session, shop)
            zone = known.timezone
            asked = Week.parse(week) if week else Week.last_full(house.clock.now(), zone)
            as_of = asked.known_until(zone, house.clock.now())
            made = make_packet(session, known, asked, as_of, house.settings.base_url)
        is_kept = keep and keep_made(house.database, house.clock, made)
        forms = form or list(Form)
        contents = files_of(made) if keep else {each: MADE[each](made) for each in forms}
        files = _write(folder, shop, asked, {each: contents[each] for each in forms})
    if json:
        told = {"shop": shop, "week": asked.name, "files": files}
        say_json(told | {"kept": is_kept} if keep else told)
        return
    for sentence in made.headline:
        out.print(sentence.text, markup=False)
    _say_files(files)
    if keep:
        out.print(
            "Kept in the archive." if is_kept else "The archive has one of this week already."
        )


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 20,
    json: Json = False,
) -> None:
    """List the weeks that are kept, the newest first."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.snapshot() as session:
            found = list_packets(session, _shop(session, shop).shop_id, limit=limit)
        base_url = house.settings.base_url
    if json:
        say_json({"shop": shop, "packets": [_told(each, base_url) for each in found]})
        return
    out.print(_table(found) if found else "No week is kept yet: `hotdash packet make --keep`.")


@commands.command()
def show(
    context: typer.Context,
    shop: Shop,
    week: Annotated[
        str | None, typer.Option(help="Like 2026-W47; the newest that is kept if not told.")
    ] = None,
    form: Annotated[
        list[Form] | None, typer.Option("--format", help="Write this one as it was sent.")
    ] = None,
    folder: Folder = Path(),
    json: Json = False,
) -> None:
    """Show a week that is kept, and write its files as they were sent."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.snapshot() as session:
            kept = _kept(session, _shop(session, shop), week)
            contents = {each: packet_file(session, shop, kept.week, each) for each in form or ()}
        files = _write(folder, shop, Week.parse(kept.week), contents)
        told = _told(kept, house.settings.base_url)
    if json:
        say_json({"shop": shop, **told, "files": files})
        return
    for name, value in told.items():
        out.print(f"{name} {value if value is not None else '–'}", markup=False, soft_wrap=True)
    _say_files(files)


def _shop(session: Session, shop_id: str) -> ShopRecord:
    known = {each.shop_id: each for each in list_shops(session)}
    if shop_id not in known:
        raise NotFoundError(
            f"There is no shop {shop_id!r}.",
            hint=f"Use one of {', '.join(known)}." if known else "Connect one first.",
            field="shop",
        )
    return known[shop_id]


def _kept(session: Session, shop: ShopRecord, week: str | None) -> PacketRecord:
    if week is not None:
        return get_packet(session, shop.shop_id, Week.parse(week).name)
    newest = list_packets(session, shop.shop_id, limit=1)
    if not newest:
        raise NotFoundError(
            f"No packet of {shop.shop_id} is kept yet.",
            hint="Make the last week's: `hotdash packet make --keep`.",
            field="week",
        )
    return newest[0]


def _write(folder: Path, shop_id: str, week: Week, contents: dict[Form, bytes]) -> list[str]:
    if contents:
        folder.mkdir(parents=True, exist_ok=True)
    files = {folder / file_name(shop_id, week.name, form): each for form, each in contents.items()}
    for file, content in files.items():
        file.write_bytes(content)
    return [str(file) for file in files]


def _say_files(files: list[str]) -> None:
    for file in files:
        out.print(file, markup=False, soft_wrap=True)


def _told(each: PacketRecord, base_url: str) -> dict[str, str | None]:
    return {
        "week": each.week,
        "headline": each.headline,
        "publication": str(each.publication) if each.publication else None,
        "made_at": iso_utc(each.made_at),
        "sent_at": iso_utc(each.sent_at) if each.sent_at else None,
        "url": packet_url(base_url, each.shop_id, each.week),
    }


def _table(found: list[PacketRecord]) -> Table:
    table = Table(Column("Week", no_wrap=True), "What it says first", "Made", "Sent", box=None)
    for each in found:
        moments = (each.made_at, each.sent_at)
        table.add_row(
            each.week,
            each.headline,
            *(in_utc(at) for at in moments),
        )
    return table
