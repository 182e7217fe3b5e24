"""hotdash simulate"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.cli.instants import instant_of
from hotdash.entrypoints.cli.invocation import Json
from hotdash.entrypoints.cli.output import out, told_errors
from hotdash.simulators.server import Options, print_line, run
from hotdash.simulators.shopify.costs import PLANS

_SHOWN = 60


def register(app: typer.Typer) -> None:
    app.command()(simulate)


def simulate(
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 8600,
    orders: Annotated[
        int,
        typer.Option(min=200, max=1_000_000, help="How many orders the three shops have."),
    ] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same shops.")] = 7,
    until: Annotated[
        str | None, typer.Option(help="Where history ends, an instant; by default now.")
    ] = None,
    clock: Annotated[
        str | None, typer.Option(help="What time it is there; by default where history ends.")
    ] = None,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Its time stands still until it is moved.")
    ] = False,
    plan: Annotated[
        str, typer.Option(help=f"How much Shopify allows at once: {', '.join(sorted(PLANS))}.")
    ] = "standard",
    json: Json = False,
) -> None:
    """Serve the simulated vendors alone, so that any client can be pointed at them; Ctrl-C stops."""
    with told_errors(json):
        ends = instant_of(until, "until") or datetime.now(UTC)
        options = Options(
            port=port,
            orders=orders,
            seed=seed,
            until=ends,
            clock=instant_of(clock, "clock") or ends,
            frozen=frozen,
            plan=known_plan(plan),
            parent=None,
        )
        run(options, print_line if json else show)


def known_plan(name: str) -> str:
    if name not in PLANS:
        raise HotdashError(
            f"There is no plan {name!r}.",
            hint=f"The plans are {', '.join(sorted(PLANS))}.",
            field="plan",
        )
    return name


def show(ready: dict[str, Any]) -> None:
    vendors = Table("vendor", "address")
    for name, address in ready["vendors"].items():
        vendors.add_row(name, address)
    credentials = Table("shop", "vendor", "field", "value")
    for row in credential_rows(ready):
        credentials.add_row(*(escape(cell) for cell in row))
    out.print(vendors)
    out.print(credentials)
    out.print(
        f"It is {ready['now']} there. Clock, faults and counts: {ready['address']}/_simulator"
    )
    out.print("Connect a shop: `hotdash connect VENDOR --shop SHOP`. Ctrl-C stops.", style="dim")


def credential_rows(ready: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """They open nothing but this simulator, so they are shown; a long one whole with --json."""
    for shop in ready["shops"]:
        for vendor, fields in shop["sources"].items():
            for name, value in fields.items():
                line = " ".join(str(value).split())
                shown = line if len(line) <= _SHOWN or "://" in line else f"{line[:_SHOWN]}…"
                yield shop["shop_id"], vendor, name, shown
