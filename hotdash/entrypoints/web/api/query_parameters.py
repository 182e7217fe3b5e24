"""What may be asked of metrics in an address: the same for an answer and for a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Query

from hotdash.insights.metrics.period import Range
from hotdash.insights.metrics.query.question import MOST_METRICS, MOST_SHOPS, Against, Question


@dataclass(frozen=True, slots=True)
class AskedOfMetrics:
    """Read into a question only once it is known that whoever asks may ask it."""

    shops: tuple[str, ...]
    rest: Mapping[str, Any]

    def question(self) -> Question:
        return Question.parse(shops=self.shops, **self.rest)


async def _asked(
    shop: Annotated[
        list[str],
        Query(description="A shop by its id, once per shop.", min_length=1, max_length=MOST_SHOPS),
    ],
    metric: Annotated[
        list[str],
        Query(
            description="A metric, such as revenue, or a version of it, revenue@1; once per metric.",
            min_length=1,
            max_length=MOST_METRICS,
        ),
    ],
    by: Annotated[
        list[str] | None,
        Query(description="Split by shop, day, week, month, quarter or a metric's own dimension."),
    ] = None,
    range: Annotated[
        Range | None, Query(description="Full days of the shop; 30d if not told.")
    ] = None,
    first: Annotated[
        date | None, Query(alias="from", description="The first day, with to.")
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="The last day, with from.")] = None,
    compare: Annotated[Against, Query(description="What to put beside it.")] = Against.NONE,
    filter: Annotated[
        list[str] | None,
        Query(description="Only these rows, such as country:DE; once per value."),
    ] = None,
    currency: Annotated[
        str | None,
        Query(
            description="Money of all shops in this currency, such as EUR, by the imported rates."
        ),
    ] = None,
    model: Annotated[
        str | None,
        Query(
            description="The attribution model that credits, such as linear; last_click if none."
        ),
    ] = None,
) -> AskedOfMetrics:
    return AskedOfMetrics(
        tuple(shop),
        {
            "metrics": metric,
            "by": by or (),
            "range": range,
            "first": first,
            "last": last,
            "compare": compare,
            "filters": filter or (),
            "currency": currency,
            "model": model,
        },
    )


MetricsAsked = Annotated[AskedOfMetrics, Depends(_asked)]
