"""Which visits an order is credited to and why."""

from typing import Annotated

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.insights.attribution.explain import LARGEST_ID, explain_order


class Wanted(AskedOfShop):
    order: Annotated[int, Field(ge=1, le=LARGEST_ID, description="Shopify's number of the order.")]


def answer(call: Call, asked: Wanted) -> Found:
    shop_id = call.shop.shop_id
    with call.reading() as session:
        found = explain_order(session, shop_id, asked.order)
        builds, as_of = standing_of(session, [shop_id])
    units = {"amount": found.currency, "millionths": "share of the order", "age_seconds": "s"}
    return Found(found.as_json(), builds, as_of, units)


TOOL = Tool(
    name="explain_order",
    title="Explain an order's attribution",
    description=(
        "Every touch of an order with its age, the rule that named its channel, and its credit"
        " under each attribution model with the reason."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"order"}),
    own_words=frozenset(
        {
            *("shop", "currency", "says", "models", "models.*", "touches.origin"),
            "touches.named",
        }
    ),
)
