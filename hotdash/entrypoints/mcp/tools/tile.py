"""One of the seven tiles of Today, with what it rests on."""

from typing import Annotated

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.engine import load_tiles


class Wanted(AskedOfShop):
    tile: Annotated[str, Field(max_length=60, description="One of " + ", ".join(TILES) + ".")]
    range: Annotated[Range, Field(description="Full days of the shop, ending yesterday.")] = (
        Range.DAYS_30
    )
    compare: Annotated[Compare, Field(description="What to put beside it.")] = Compare.PREVIOUS


def answer(call: Call, asked: Wanted) -> Found:
    shop_id, period = call.shop.shop_id, Period(asked.range, asked.compare)
    with call.reading() as session:
        (found,) = load_tiles(
            *(session, [asked.tile], shop_id, period, call.now),
            orders_fresh_within=call.house.orders_fresh_within,
        )
        builds, _ = standing_of(session, [shop_id])
    document = found.as_json()
    units = {found.metric: found.unit} | {each.metric: each.unit for each in found.context}
    return Found(document, builds, {shop_id: document["as_of"]}, units)


TOOL = Tool(
    name="tile",
    title="Show a tile of Today",
    description=(
        "A tile's number with its change, its days, what stands beside it, its lists, and in"
        " which state it is and why (ok, watch, act, empty, stale, degraded, blocked,"
        " reprocessing)."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"tile", "range", "compare"}),
    own_words=frozenset(
        {
            *("tile", "state", "metric.name", "metric.title", "unit", "direction"),
            *("delta.verdict", "delta.against", "context.metric", "context.title"),
            *("context.unit", "context.delta.verdict", "context.delta.against", "context.why"),
            *("next_action.kind", "next_action.about", "facts.name"),
            *("lists.name", "lists.title", "lists.columns.name", "lists.columns.title"),
            "lists.columns.kind",
        }
    ),
)
