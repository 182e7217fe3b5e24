"""Which metrics there are, how each is meant, and of which shops they can be asked."""

from typing import Annotated, Any

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import Asked, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.insights.metrics.definition import Metric, Status
from hotdash.insights.metrics.registry import registry


class Wanted(Asked):
    search: Annotated[
        str | None,
        Field(max_length=100, description="Only metrics with these words in name or meaning."),
    ] = None


def answer(call: Call, asked: Wanted) -> Found:
    found = [each for each in registry() if _is_wanted(each, asked.search)]
    with call.reading() as session:
        builds, as_of = standing_of(session, [each.shop_id for each in call.shops])
    shops = [
        {
            "shop": each.shop_id,
            "name": each.name,
            "timezone": each.timezone,
            "currency": each.currency,
            "role": each.role.value,
        }
        for each in call.shops
    ]
    document = {"metrics": [_told(each) for each in found], "shops": shops}
    return Found(document, builds, as_of, {each.name: each.unit.value for each in found})


def _is_wanted(metric: Metric, search: str | None) -> bool:
    if registry().get(metric.name) is not metric or metric.status is not Status.APPROVED:
        return False
    told = f"{metric.name} {metric.title} {metric.definition}".casefold()
    return all(word in told for word in (search or "").casefold().split())


def _told(metric: Metric) -> dict[str, Any]:
    return {
        "metric": metric.name,
        "version": metric.version,
        "title": metric.title,
        "definition": metric.definition,
        "unit": metric.unit.value,
        "better": metric.direction,
        "dimensions": list(metric.dimensions),
    }


TOOL = Tool(
    name="list_metrics",
    title="List metrics and shops",
    description=(
        "Every approved metric with its meaning, unit and dimensions, and the shops this token"
        " opens. Ask this first: the other tools take these names."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    own_words=frozenset(
        {
            *(f"metrics.{name}" for name in ("metric", "title", "definition", "unit", "better")),
            "metrics.dimensions",
            *(f"shops.{name}" for name in ("shop", "timezone", "currency", "role")),
        }
    ),
)
