"""The audit log over the API: by filters, page by page, and of one's own shop only."""

from datetime import timedelta
from typing import Any

import pytest

from hotdash.storage.appdb.repositories import audit
from tests.fixtures.storefront import KYOTO, OWNER, ROD
from tests.fixtures.web import Web

ASK = f"/api/v1/audit?shop={ROD}"


@pytest.fixture
def lived(web: Web) -> Web:
    """Five things done an hour apart, one of them to a backfill, one in another shop, one in none."""
    now = web.storefront.clock.now()
    with web.storefront.database.jobs() as session:
        for number, (shop, actor, action) in enumerate(
            (
                *((ROD, "cli:ann", "try.a"), (ROD, "cli:bob", "try.b"), (ROD, "cli:ann", "other")),
                *((ROD, "cli:ann", "backfill.handed_out"), (ROD, "cli:ann", "tryst")),
                *((KYOTO, "cli:ann", "try.a"), (None, "cli:ann", "try.a")),
            )
        ):
            audit.add_event(
                session,
                shop_id=shop,
                actor=actor,
                action=action,
                subject=f"thing {number}",
                at=now + timedelta(hours=number),
                detail={"price": 1.50},
            )
    web.sign_in(OWNER)
    return web


def subjects(web: Web, query: str = "") -> list[str]:
    told: Any = web.client.get(ASK + query).json()
    return [each["subject"][-1] for each in told["events"] if each["subject"].startswith("thing")]


def test_by_filters(lived: Web) -> None:
    later = (lived.storefront.clock.now() + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    assert subjects(lived) == ["4", "3", "2", "1", "0"]
    assert subjects(lived, "&actor=cli:bob") == ["1"]
    assert subjects(lived, "&action=try.") == ["1", "0"]
    assert subjects(lived, "&action=other") == ["2"]
    assert subjects(lived, "&subject=THING 3") == ["3"]
    assert subjects(lived, f"&until={later}") == ["1", "0"]
    assert subjects(lived, f"&since={later}") == ["4", "3", "2"]


def test_page_by_page(lived: Web) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        told = lived.client.get(f"{ASK}&actor=cli:ann&limit=2{cursor}").json()
        seen += [each["subject"] for each in told["events"]]
        cursor = f"&cursor={told['next_cursor']}"
        if told["next_cursor"] is None:
            break
    assert seen == ["thing 4", "thing 3", "thing 2", "thing 0"]
    for odd in ("x", "bnx4", "MjB8MQ"):
        refused = lived.client.get(f"{ASK}&cursor={odd}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_cursor")


def test_each_with_its_hash_and_the_detail_as_it_was_hashed(lived: Web) -> None:
    answer = lived.client.get(f"{ASK}&subject=thing 0")
    [event] = answer.json()["events"]
    assert (len(event["row_hash"]), event["detail"]) == (64, {"price": 1.5})
    assert answer.headers["cache-control"] == "no-store"


def test_a_token_needs_the_scope_and_sees_no_backfills_without_theirs(lived: Web) -> None:
    of = lived.storefront.token_of
    lived.as_program(of(OWNER, scopes=["see_metrics"]))
    assert lived.client.get(ASK).status_code == 403
    lived.as_program(of(OWNER, scopes=["see_access"]))
    assert subjects(lived) == ["4", "2", "1", "0"]
    lived.as_program(of(OWNER, scopes=["see_access", "see_backfills"]))
    assert subjects(lived) == ["4", "3", "2", "1", "0"]
