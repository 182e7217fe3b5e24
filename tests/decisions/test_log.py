"""A decision is kept with its reason and with what the person saw."""

from datetime import UTC, datetime

import pytest

from hotdash.decisions.log import Action, Decision, DecisionError, Scope, record_decision
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

AT = datetime(2026, 11, 21, 18, tzinfo=UTC)


def decision(shop: SeededShop, *, actor: str = "ana", rationale: str = "Doubled.") -> Decision:
    return Decision(
        shop.shop_id,
        Scope.PUBLICATION,
        Action.ROLL_BACK,
        actor,
        "a-publication",
        rationale,
        shown={"publication": "another"},
        evidence="check/order_counts",
        request_id="r1",
    )


def test_is_found_again_with_everything(database: Database, shop: SeededShop) -> None:
    with database.jobs() as session:
        decision_id = record_decision(session, decision(shop), AT)

    with database.as_user(shop.owner_id) as session:
        (found,) = list_decisions(session, shop.shop_id)
    assert found.decision_id == decision_id
    assert (found.scope, found.action) == ("publication", "publication.roll_back")
    assert (found.actor, found.rationale, found.decided_at) == ("ana", "Doubled.", AT)
    assert found.detail == {"shown": {"publication": "another"}, "evidence": "check/order_counts"}
    assert found.request_id == "r1"


@pytest.mark.parametrize("missing", ["actor", "rationale"])
def test_without_who_or_why_is_refused(database: Database, shop: SeededShop, missing: str) -> None:
    with database.jobs() as session, pytest.raises(DecisionError) as raised:
        record_decision(session, decision(shop, **{missing: " "}), AT)
    assert raised.value.field == missing
