"""hotdash forecast show|stock|make"""

from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Column, Table

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.insights.tiles import wording
from hotdash.jobs.forecast import forecast_shop
from hotdash.reports.forecast import sentences
from hotdash.reports.forecast.document import forecasts_document, stock_document
from hotdash.storage.appdb.repositories.forecasts import (
    ForecastRecord,
    StockList,
    StockPlanRecord,
    latest_forecasts,
    list_stock,
    stock_totals,
)
from hotdash.storage.appdb.repositories.shops import ShopRecord, chosen_shops
from hotdash.storage.appdb.session import Database

commands = typer.Typer(
    help="See what comes, how long stock lasts and what to order.",
    no_args_is_help=True,
)
Shop = Annotated[str | None, typer.Option(help="Only this shop; else each of them.")]
OneShop = Annotated[str | None, typer.Option(help="The shop; without it the only one.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="As it was known at the end of this day."),
]


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="forecast")


@commands.command()
def show(context: typer.Context, shop: Shop = None, as_of: AsOf = None, json: Json = False) -> None:
    """Show what is expected of revenue, orders, sessions, conversations and growth, with the range and how wrong it was."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        until = as_of.date() if as_of else None
        found = {
            each.shop_id: latest_forecasts(session, each.shop_id, until)
            for each in chosen_shops(session, shop)
        }
    if json:
        say_json({"shops": [forecasts_document(*each) for each in found.items()]})
        return
    for shop_id, told in found.items():
        _show(shop_id, told, until)


@commands.command()
def stock(
    context: typer.Context,
    shop: OneShop = None,
    chosen: Annotated[StockList, typer.Option("--list", help="Which items.")] = StockList.WARNED,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """Show the stock plan: when items run out, how likely before a refill, and what to order."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        one = _one(chosen_shops(session, shop))
        totals = stock_totals(session, one.shop_id)
        items = list_stock(session, one.shop_id, chosen, limit=limit + 1)
    more = limit if len(items) > limit else None
    if json:
        told = stock_document(one.shop_id, one.currency, totals, chosen, items[:limit], more)
        say_json(told)
        return
    out.print(sentences.of_stock(totals, one.currency), markup=False)
    if items:
        out.print(_table(items[:limit], one.currency))
    if more:
        out.print(f"There are more: --limit shows them, at most {limit} now.", style="dim")


@commands.command()
def make(context: typer.Context, shop: Shop = None, as_of: AsOf = None, json: Json = False) -> None:
    """Make the forecasts now, from what is published; of an earlier day, with what was known then."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.snapshot() as session:
            shops = chosen_shops(session, shop)
        made = {
            each.shop_id: _make(house.database, each, house.clock.now(), as_of) for each in shops
        }
    if json:
        say_json({"shops": [{"shop": name, "items": items} for name, items in made.items()]})
        return
    for name, items in made.items():
        out.print(f"{name}: forecast, {wording.counted(items, 'item')} planned.", markup=False)


def _make(database: Database, shop: ShopRecord, now: datetime, as_of: datetime | None) -> int:
    if as_of is None:
        return forecast_shop(database, shop.shop_id, now)
    following = datetime.combine(as_of.date() + timedelta(days=1), time(), ZoneInfo(shop.timezone))
    return forecast_shop(database, shop.shop_id, now, as_of=min(now, following))


def _one(shops: list[ShopRecord]) -> ShopRecord:
    if len(shops) > 1:
        names = ", ".join(each.shop_id for each in shops)
        raise NotFoundError(
            f"There are {len(shops)} shops.", hint=f"Name one with --shop: {names}.", field="shop"
        )
    return shops[0]


def _show(shop_id: str, found: dict[str, ForecastRecord], until: date | None) -> None:
    out.print(f"[bold]{shop_id}[/]")
    if not found:
        out.print(_none(until), markup=False, soft_wrap=True)
    for each in found.values():
        for line in _lines(each):
            out.print(line, markup=False, soft_wrap=True)


def _none(until: date | None) -> str:
    if until is None:
        return "Nothing is forecast yet: the job runs at night, `hotdash forecast make` now."
    return (
        f"No forecast that is kept was made as of {wording.day(until)} or before: "
        f"`hotdash forecast make --as-of {until}` makes it from what was known then."
    )


def _lines(each: ForecastRecord) -> list[str]:
    document = each.document
    if each.subject == "growth":
        return [f"Growth: {sentences.of_growth(document)}"]
    if each.subject == "demand":
        told = [f"Items: {sentences.of_demand(document)}"]
        return [*told, *(f"  {line}" for line in sentences.of_demand_errors(document))]
    title, known = document["title"], wording.day(date.fromisoformat(document["known_to"]))
    if document["why"]:
        return [f"{title}, known to {known}: no forecast. {document['why']}"]
    return [
        f"{title}, known to {known}:",
        *(f"  {sentences.of_sum(document, one)}" for one in document["sums"]),
        f"  {sentences.of_method(document)}",
        f"  {sentences.of_coverage(document)}",
    ]


def _table(items: list[StockPlanRecord], currency: str) -> Table:
    table = Table(
        *(Column("SKU", no_wrap=True), "Item", Column("For sale", justify="right")),
        *("Lasts until", Column("Runs out", justify="right")),
        *(Column("At risk", justify="right"), Column("Order", justify="right")),
        box=None,
    )
    for each in items:
        at_risk = each.money_at_risk
        table.add_row(
            each.sku or str(each.inventory_item_id),
            each.name,
            f"{each.available:,}",
            sentences.lasts(each),
            wording.percent(each.run_out),
            sentences.amount(f"{at_risk:f}", currency) if at_risk else "",
            f"{each.reorder_quantity:,}" if each.reorder_quantity else "",
        )
    return table
