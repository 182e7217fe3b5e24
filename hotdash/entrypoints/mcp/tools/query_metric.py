"""The one question about metrics, as the API and the pages ask it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import Asked, Call, Found, ShopId, Tool
from hotdash.insights.metrics.period import Range
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MOST_METRICS, MOST_SHOPS, Against, Question

MOST_ROWS = 500
Word = Annotated[str, Field(max_length=200)]


class Wanted(Asked):
    metrics: Annotated[
        list[Word],
        Field(min_length=1, max_length=MOST_METRICS, description="Metrics, such as revenue."),
    ]
    shops: Annotated[
        list[ShopId],
        Field(
            max_length=MOST_SHOPS,
            description="Shops by their ids; not needed where the token opens only one.",
        ),
    ] = Field(default_factory=list[str])
    by: Annotated[
        list[Word],
        Field(
            max_length=4,
            description="Split by shop, day, week, month, quarter or a metric's own dimension.",
        ),
    ] = Field(default_factory=list[str])
    range: Annotated[
        Range | None, Field(description="Full days of the shop; 30d if no days are told.")
    ] = None
    first_day: Annotated[date | None, Field(description="The first day, with last_day.")] = None
    last_day: Annotated[date | None, Field(description="The last day, with first_day.")] = None
    compare: Annotated[Against, Field(description="What to put beside it.")] = Against.NONE
    filters: Annotated[
        list[Word],
        Field(max_length=100, description="Only these rows, such as country:DE; once per value."),
    ] = Field(default_factory=list[str])
    currency: Annotated[
        str | None,
        Field(max_length=10, description="Money of all shops in this currency, such as EUR."),
    ] = None
    model: Annotated[
        str | None,
        Field(max_length=40, description="The attribution model that credits, such as linear."),
    ] = None

    def named_shops(self) -> Sequence[str] | None:
        return self.shops


def answer(call: Call, asked: Wanted) -> Found:
    question = Question.parse(
        shops=[each.shop_id for each in call.shops],
        metrics=asked.metrics,
        by=asked.by,
        range=asked.range,
        first=asked.first_day,
        last=asked.last_day,
        compare=asked.compare,
        filters=asked.filters,
        currency=asked.currency,
        model=asked.model,
    )
    with call.reading() as session:
        found = query(session, question, call.now).as_json()
    rows: list[dict[str, Any]] = found["rows"]
    document = found | {"rows": rows[:MOST_ROWS], "rows_left_off": max(0, len(rows) - MOST_ROWS)}
    return Found(
        document,
        {each["shop"]: each["publication"] for each in found["shops"]},
        {each["shop"]: each["as_of"] for each in found["shops"]},
        {each["metric"]: each["unit"] for each in found["metrics"]},
    )


TOOL = Tool(
    name="query_metric",
    title="Ask for metrics",
    description=(
        "Metrics of one or more shops over full days of the shop, split, filtered and beside the"
        " days they are compared with. Beside a value that is null stands why. Money is decimal"
        f" text in the row's currency; at most {MOST_ROWS} rows."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"metrics", "by", "range", "compare", "currency", "model"}),
    own_words=frozenset(
        {
            *("by", "compare", "currency", "conversion.currency", "conversion.shops.shop"),
            *(f"notices.{name}" for name in ("metric", "change")),
            *(
                f"metrics.{name}"
                for name in ("metric", "name", "title", "unit", "direction", "day_owner")
            ),
            *("metrics.marts", "metrics.model", "notes"),
            *(f"shops.{name}" for name in ("shop", "timezone", "currency")),
            *("shops.blocked.mart", "shops.blocked.reasons.check", "shops.policies.*.*"),
            *("rows.key.shop", "rows.currency", "rows.values.*.why", "rows.values.*.why_no_base"),
        }
    ),
)
