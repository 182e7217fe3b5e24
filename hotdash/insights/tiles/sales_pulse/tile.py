"""Which metrics, lists and words make up Sales Pulse."""

from dataclasses import replace

from hotdash.base.money import in_words
from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import CellKind, Column, Fact, NextAction
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed
from hotdash.insights.tiles.sources import ORDERS, SESSIONS

LINES, CHANNELS = "fct_order_lines", "fct_roas"
_PRODUCTS = (
    Column("product", "Product"),
    Column("units", "Units", CellKind.COUNT),
    Column("net_sales", "Net sales", CellKind.MONEY),
)
_CHANNELS = (
    Column("channel", "Channel"),
    Column("orders", "Orders", CellKind.COUNT),
    Column("revenue", "Revenue", CellKind.MONEY),
    Column("spend", "Spend", CellKind.MONEY),
)
_REFUNDS = (
    Column("product", "Product"),
    Column("refunds", "Refunds", CellKind.MONEY),
    Column("sold", "Sold for", CellKind.MONEY),
)


def _load(reading: Reading) -> Listed:
    lists = [
        listed(
            *(reading, __file__, "products", "Top products", _PRODUCTS),
            mart=LINES,
            nothing="No product was sold in these days.",
            note="Net sales are gross sales less discounts and refunds, without shipping and tax.",
        ),
        listed(
            *(reading, __file__, "channels", "Channels", _CHANNELS),
            mart=CHANNELS,
            nothing="No order of these days was credited to a channel.",
            note="Credited by last click; without a number where spend is not known for all days.",
        ),
        listed(
            *(reading, __file__, "refunds", "Refunds by product", _REFUNDS),
            mart=LINES,
            nothing="Nothing of these days was refunded.",
            note="On the day of the order; goodwill that names no product stands apart.",
        ),
    ]
    return Listed(lists, _best_day(reading))


def _best_day(reading: Reading) -> list[Fact]:
    known = [(point.value, point.day) for point in reading.days if point.value is not None]
    if not known or not reading.values["orders"].value:
        return []
    amount, day = max(known)
    told = f"Best day: {wording.day(day)} with {in_words(amount, reading.currency)}"
    return [Fact("best_day", told)]


def _missing(found: Found) -> str:
    if found.first_day is None:
        return "The shop has no order that counts yet."
    return f"No order counted between {wording.span(found.windows.current)}."


def _next_step(_found: Found) -> NextAction | None:
    return None


SALES_PULSE = TileDefinition(
    name="sales-pulse",
    title="Sales Pulse",
    question="What did the shop earn, and what moved it?",
    metric="revenue",
    sources=(ORDERS, replace(SESSIONS, is_beside=True)),
    rests_on=("fct_revenue",),
    shows=("fct_orders", LINES, CHANNELS, "fct_sessions"),
    context=(
        Context("orders"),
        Context("aov"),
        Context("median_order_value"),
        Context("refunds"),
        Context("conversion", has_own_days=True),
    ),
    counted_by="orders",
    missing=_missing,
    load=_load,
    next_step=_next_step,
)
