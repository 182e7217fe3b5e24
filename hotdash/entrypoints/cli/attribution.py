"""hotdash attribution explain, compare"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.metrics import Shop, only_shop
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.compare import Comparison, compare_sources
from hotdash.insights.attribution.explain import (
    LARGEST_ID,
    AttributedOrder,
    Credits,
    explain_order,
)

commands = typer.Typer(
    help="Explain which visits an order is credited to, and hold that against what platforms claim.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="attribution")


@commands.command()
def explain(
    context: typer.Context,
    order: Annotated[
        int,
        typer.Argument(
            help="Shopify's number of the order, as in its address.", min=1, max=LARGEST_ID
        ),
    ],
    shop: Shop = None,
    json: Json = False,
) -> None:
    """Tell an order's visits, which of them has the credit under each model, and why not the others."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        found = explain_order(session, shop or only_shop(house), order)
    if json:
        say_json(found.as_json())
    else:
        show(found)


@commands.command()
def compare(
    context: typer.Context,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    shop: Shop = None,
    json: Json = False,
) -> None:
    """Lay what Meta and Google claim beside what orders credit them with, per day and campaign."""
    with (
        told_errors(json),
        migrated_installation(invocation(context).settings()) as house,
        house.database.snapshot() as session,
    ):
        whose = shop or only_shop(house)
        found = compare_sources(session, whose, first.date(), last.date())
    if json:
        say_json(found.as_json())
    else:
        show_comparison(found)


def show_comparison(found: Comparison) -> None:
    amounts = ("orders", "revenue", "claimed", "claimed value", "gap")
    table = Table(
        Column("day", no_wrap=True),
        Column("platform", no_wrap=True),
        "campaign",
        *(Column(name, justify="right", min_width=6) for name in amounts),
    )
    for row in found.rows:
        told = (row.revenue, row.claimed_purchases, row.claimed_value, row.gap)
        revenue, purchases, value, gap = map(_amount, told)
        table.add_row(
            row.day.isoformat(),
            row.platform,
            escape(row.campaign),
            str(row.orders),
            revenue,
            purchases,
            value,
            gap,
        )
    out.print(table)
    for sentence in found.says:
        out.print(sentence)


def _amount(amount: Decimal | None) -> str:
    return "not known" if amount is None else f"{amount:.2f}"


def show(order: AttributedOrder) -> None:
    out.print(f"Order {order.order_id} of {order.shop_id}, {in_utc(order.ordered_at)}")
    for sentence in order.says:
        out.print(sentence)
    for place, touch in enumerate(order.touches, 1):
        campaign = f" / {touch.campaign}" if touch.campaign else ""
        came = escape(f"{touch.source} / {touch.medium}{campaign}")
        out.print(
            f"{place}. {escape(touch.channel)}: {came}, {spelled_age(touch.age_seconds)} before"
        )
        for sentence in (touch.named, touch.rule, touch.outcome):
            out.print(f"   {escape(sentence)}", style="dim")
    table = Table(
        "model", *(str(place) for place in range(1, len(order.touches) + 1)), "Direct / None"
    )
    for model in texts.MODELS:
        columns = [*(touch.credits for touch in order.touches), order.unsourced]
        table.add_row(model.replace("_", " "), *(_credit(each, model) for each in columns))
    out.print(table)


def spelled_age(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _credit(credits: Credits, model: str) -> str:
    credit = credits.get(model)
    return f"{credit.amount.normalize():f} ({credit.share / 10_000:.1f}%)" if credit else ""
