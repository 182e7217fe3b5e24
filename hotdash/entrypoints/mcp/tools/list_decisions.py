"""Who decided what and why, and what waits for an answer; people by their pseudonyms."""

from typing import Annotated

from pydantic import Field

from hotdash.base.cursors import moment_of
from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import hidden_from
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.jobs.decision_documents import decisions_page, recommendation_document
from hotdash.storage.appdb.repositories.decisions import Wanted as WantedDecisions
from hotdash.storage.appdb.repositories.recommendations import ASKED, list_recommendations

MOST = 100


class Wanted(AskedOfShop):
    subject: Annotated[
        str | None, Field(max_length=300, description="A part of what they are about.")
    ] = None
    action: Annotated[
        str | None,
        Field(max_length=300, description="An action, or with a dot at its end a family."),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most, of each.")] = 20
    cursor: Annotated[
        str | None, Field(max_length=200, description="next_cursor of the answer before.")
    ] = None


def answer(call: Call, asked: Wanted) -> Found:
    shop_id = call.shop.shop_id
    wanted = WantedDecisions(
        action=asked.action,
        subject=asked.subject,
        before=moment_of(asked.cursor),
        hidden=hidden_from(call.visit, call.shop),
    )
    with call.reading() as session:
        page = decisions_page(session, shop_id, wanted, asked.limit, {})
        waiting = list_recommendations(session, shop_id, ASKED, limit=asked.limit)
        builds, as_of = standing_of(session, [shop_id])
    document = {
        "shop": shop_id,
        "waiting": [recommendation_document(each) for each in waiting],
        "decided": page.documents,
        "next_cursor": page.next_cursor,
    }
    units = {"impact_amount": call.shop.currency, "seconds_to_decide": "s"}
    return Found(document, builds, as_of, units)


_WAITING = ("shop", "kind", "confidence", "currency", "status", "proposed_by")
_DECIDED = ("shop", "scope", "action", "actor", "by", "request_id")

TOOL = Tool(
    name="list_decisions",
    title="List what waits and what was decided",
    description=(
        "What waits for an answer, the most urgent first, and what was decided, the newest"
        " first, with reasons and outcomes. People decide; nothing can be answered from here."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"limit"}),
    own_words=frozenset(
        {
            *("shop", "next_cursor", "decided.outcome.verdict", "decided.outcome.metric"),
            *(f"waiting.{name}" for name in _WAITING),
            *(f"decided.{name}" for name in _DECIDED),
            *("decided.shown.currency", "decided.shown.confidence", "decided.shown.proposed_by"),
        }
    ),
    people=frozenset({"decided.edits.assignee"}),
)
