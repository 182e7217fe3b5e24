"""hotdash packet make"""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.render.html import html_of
from hotdash.reports.packet.render.notebook import notebook_of
from hotdash.reports.packet.render.pdf import pdf_of
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.shops import list_shops

commands = typer.Typer(help="Make the weekly packet of a shop.", no_args_is_help=True)


class Form(StrEnum):
    HTML = "html"
    PDF = "pdf"
    JSON = "json"
    NOTEBOOK = "ipynb"


_MADE: dict[Form, Callable[[Packet], bytes]] = {
    Form.HTML: html_of,
    Form.PDF: pdf_of,
    Form.JSON: Packet.as_json,
    Form.NOTEBOOK: notebook_of,
}


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="packet")


@commands.callback()
def packet() -> None:
    """Make the weekly packet of a shop."""


@commands.command()
def make(
    context: typer.Context,
    shop: Annotated[str, typer.Option(help="The shop, by its id.")],
    week: Annotated[
        str | None, typer.Option(help="Like 2026-W47; the last full week of the shop if not told.")
    ] = None,
    form: Annotated[
        list[Form] | None, typer.Option("--format", help="What to write; all of them if not told.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
    json: Json = False,
) -> None:
    """Write a week as files: the same week of the same publication is the same bytes."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.snapshot() as session:
            known = {each.shop_id: each for each in list_shops(session)}
            if shop not in known:
                raise NotFoundError(
                    f"There is no shop {shop!r}.",
                    hint=f"Use one of {', '.join(known)}." if known else "Connect one first.",
                    field="shop",
                )
            zone = known[shop].timezone
            asked = Week.parse(week) if week else Week.last_full(house.clock.now(), zone)
            as_of = min(asked.is_sent_at(zone), house.clock.now())
            made = make_packet(session, known[shop], asked, as_of, house.settings.base_url)
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"packet-{shop}-{asked.name}.{each}" for each in form or Form]
        for file, each in zip(files, form or Form, strict=True):
            file.write_bytes(_MADE[each](made))
    if json:
        say_json({"shop": shop, "week": asked.name, "files": [str(each) for each in files]})
        return
    for sentence in made.headline:
        out.print(sentence.text, markup=False)
    for file in files:
        out.print(str(file), markup=False)
