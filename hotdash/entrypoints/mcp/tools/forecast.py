"""What is expected of a shop's series and of its stock, with ranges and how often they held."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.reports.forecast.document import forecasts_document, stock_document
from hotdash.storage.appdb.repositories.forecasts import (
    StockList,
    latest_forecasts,
    list_stock,
    stock_totals,
)

STOCK = "stock"
MOST = 100
Subject = Literal["revenue", "orders", "sessions", "conversations", "growth", "demand", "stock"]


class Wanted(AskedOfShop):
    subject: Annotated[
        Subject,
        Field(
            description="A daily series; growth is the day the goal is reached; demand is how well"
            " items are foretold; stock is the items with what to order."
        ),
    ] = "revenue"
    as_of: Annotated[
        date | None,
        Field(description="As it was told when no later day was known; not of stock."),
    ] = None
    items: Annotated[StockList, Field(description="Of stock: which items.")] = StockList.WARNED
    limit: Annotated[int, Field(ge=1, le=MOST, description="Of stock: how many at most.")] = 20
    offset: Annotated[
        int, Field(ge=0, le=1_000_000, description="Of stock: next_offset goes on.")
    ] = 0


def answer(call: Call, asked: Wanted) -> Found:
    shop_id, currency = call.shop.shop_id, call.shop.currency
    with call.reading() as session:
        if asked.subject == STOCK:
            totals = stock_totals(session, shop_id)
            found = list_stock(
                session, shop_id, asked.items, limit=asked.limit + 1, offset=asked.offset
            )
            more = asked.offset + asked.limit if len(found) > asked.limit else None
            shown = found[: asked.limit]
            document = stock_document(shop_id, currency, totals, asked.items, shown, more)
        else:
            kept = latest_forecasts(session, shop_id, asked.as_of)
            wanted = {name: each for name, each in kept.items() if name == asked.subject}
            document = forecasts_document(shop_id, wanted)
        builds, as_of = standing_of(session, [shop_id])
    units = {"money_at_risk": currency, "order_cost": currency, "run_out": "0 to 1"}
    return Found(document, builds, as_of, units | {"coverage": "0 to 1", "low": "80% range"})


TOOL = Tool(
    name="forecast",
    title="Say what is expected",
    description=(
        "What the next weeks bring, with a range of 80% and how often such ranges held in the"
        " past; without a range, why. Of stock: until when an item lasts, how likely it runs out"
        " before a refill, what to order and what it costs. A forecast is no fact: say its range."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"subject", "items", "limit"}),
    own_words=frozenset(
        {
            *("shop", "currency", "list", "items.method", "forecasts.subject"),
            *("forecasts.document.title", "forecasts.document.currency"),
            *("forecasts.document.why", "forecasts.document.method"),
            *("forecasts.document.scores.method", "forecasts.document.why_no_range"),
        }
    ),
)
