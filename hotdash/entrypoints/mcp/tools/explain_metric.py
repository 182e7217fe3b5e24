"""Why a number is what it is: the rows and components of one day that add up to it."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.insights.metrics.query.explain import explain

MOST_ROWS = 500


class Wanted(AskedOfShop):
    metric: Annotated[str, Field(max_length=200, description="A metric, such as revenue.")]
    day: Annotated[date, Field(description="Which day of the shop.")]
    filters: Annotated[
        list[Annotated[str, Field(max_length=200)]],
        Field(max_length=100, description="Only these rows, such as country:DE."),
    ] = Field(default_factory=list[str])
    model: Annotated[
        str | None, Field(max_length=40, description="The attribution model that credits.")
    ] = None
    rows: Annotated[
        int, Field(ge=0, le=MOST_ROWS, description="How many rows to show of those it is made of.")
    ] = 20


def answer(call: Call, asked: Wanted) -> Found:
    shop_id = call.shop.shop_id
    with call.reading() as session:
        found = explain(
            session, asked.metric, shop_id, asked.day, call.now, asked.filters, asked.model
        )
        builds, as_of = standing_of(session, [shop_id])
    document = _cut(found.as_json(), asked.rows)
    units: dict[str, str] = {}
    _collect(document, units)
    return Found(document, builds, as_of, units)


def _cut(told: dict[str, Any], most: int) -> dict[str, Any]:
    rows: list[Any] = told["rows"]
    return told | {
        "rows": rows[:most],
        "rows_left_off": max(0, len(rows) - most),
        "made_of": [_cut(each, most) for each in told["made_of"]],
    }


def _collect(told: dict[str, Any], units: dict[str, str]) -> None:
    money = told["unit"] == "money"
    units[told["metric"]] = told["currency"] if money else told["unit"]
    for each in told["made_of"]:
        _collect(each, units)


_OWN = ("metric", "title", "shop", "currency", "unit", "why", "formula", "mart", "note")
_DEEPEST = 4

TOOL = Tool(
    name="explain_metric",
    title="Explain one day's number",
    description=(
        "The formula, the policy switches in force, the components and the single rows (orders,"
        " conversations and the like, by their ids) that add up to a metric on one day."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"metric", "rows"}),
    own_words=frozenset(
        f"{'made_of.' * depth}{name}" for depth in range(_DEEPEST) for name in _OWN
    ),
)
