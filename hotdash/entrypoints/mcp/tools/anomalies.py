"""What was out of the ordinary, and of one of them everything that stood around it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.insights.anomalies.judge import Level
from hotdash.insights.anomalies.states import State
from hotdash.jobs.anomaly_document import anomaly_document, look_document, shown_anomaly
from hotdash.storage.appdb.repositories.anomalies import (
    find_anomaly,
    last_look,
    list_anomalies,
    past_of,
)

MOST = 100
_OWN = (
    *("metric", "title", "dimension", "grain", "level", "state", "unit", "method"),
    "currency",
)


class Wanted(AskedOfShop):
    anomaly: Annotated[
        UUID | None,
        Field(description="One by its id: with what drives it, what else moved, what came before."),
    ] = None
    state: Annotated[State | None, Field(description="Only those that stand so.")] = None
    level: Annotated[Level | None, Field(description="Only these.")] = None
    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = 20


def answer(call: Call, asked: Wanted) -> Found:
    shop_id = call.shop.shop_id
    with call.reading() as session:
        if asked.anomaly is None:
            found = list_anomalies(
                session, shop_id, level=asked.level, state=asked.state, limit=asked.limit
            )
            told = [anomaly_document(each) for each in found]
        else:
            record = find_anomaly(session, shop_id, str(asked.anomaly))
            told = [shown_anomaly(record, past_of(session, record))]
        look = look_document(last_look(session, shop_id))
        builds, as_of = standing_of(session, [shop_id])
    document = {"shop": shop_id, "look": look, "anomalies": told}
    return Found(document, builds, as_of, {"value": "the anomaly's unit", "z": "usual deviations"})


TOOL = Tool(
    name="anomalies",
    title="Say what was out of the ordinary",
    description=(
        "Days and hours of a metric, or of one part of it, that were out of the ordinary for"
        " their weekday, with the value, what was expected and how large the difference is."
        " Asked for one by its id, also what drives it (parts that add up), what else moved,"
        " which campaigns, prices, stock-outs, decisions and source problems came before, and"
        " how earlier ones ended. What came before is no proof of a cause."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"state", "level", "limit"}),
    own_words=frozenset({"shop", *(f"anomalies.{name}" for name in _OWN)}),
    people=frozenset({"anomalies.assignee", "anomalies.events.assignee"}),
)
