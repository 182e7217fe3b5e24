"""What the checks found in the newest build, which warnings were set aside, and how good each source is."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.jobs.quality_documents import check_document, override_document, scorecard_document
from hotdash.storage.appdb.repositories.checks import newest_answers
from hotdash.storage.appdb.repositories.overrides import standing_overrides
from hotdash.storage.appdb.repositories.scorecard import scores_since

_PASSED = "passed"


class Wanted(AskedOfShop):
    passed: Annotated[
        bool, Field(description="Also the checks that found nothing; they are counted anyway.")
    ] = False
    days: Annotated[
        int, Field(ge=1, le=365, description="How many days of the sources' scores.")
    ] = 7


def answer(call: Call, asked: Wanted) -> Found:
    shop_id, now = call.shop.shop_id, call.now
    with call.reading() as session:
        found = newest_answers(session, shop_id)
        aside = standing_overrides(session, [shop_id], now)
        scores = scores_since(session, shop_id, (now - timedelta(days=asked.days)).date())
        builds, as_of = standing_of(session, [shop_id])
    shown = [each for each in found if asked.passed or each.status != _PASSED]
    document: dict[str, Any] = {
        "shop": shop_id,
        "asked": len(found),
        "passed": sum(each.status == _PASSED for each in found),
        "checks": [check_document(each) for each in shown],
        "overrides": [override_document(each) for each in aside],
        "sources": scorecard_document(scores),
    }
    return Found(document, builds, as_of, {"score": "0 to 1", "failing_rows": "rows"})


TOOL = Tool(
    name="data_health",
    title="Say how far the data can be trusted",
    description=(
        "The checks of the newest build that found something, each with its sentence and its"
        " mend, the warnings set aside, and the scores of every source. A blocked mart still"
        " shows its last good numbers: as_of says of when."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"days"}),
    own_words=frozenset(
        {
            *("shop", "checks.check", "checks.severity", "checks.status", "checks.dimension"),
            *("checks.sources", "checks.marts", "checks.mend", "overrides.check"),
            *("sources.source", "sources.dimensions.*.failed", "overrides.decided_by"),
        }
    ),
)
