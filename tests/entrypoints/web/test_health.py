"""What checks found, through the API: to read for everybody of the shop, to decide for those who may."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from hotdash.base.actors import actor_of
from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories import audit, checks
from hotdash.storage.appdb.repositories.scorecard import ScoreRecord, save_scores
from tests.fixtures.storefront import OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

OVERRIDES = "/api/v1/health/overrides"
DOCUMENT = {"shop": ROD, "check": "odd_day", "reason": "The sale was announced.", "days": 7}


@pytest.fixture
def checked(web: Web) -> Web:
    now = web.context.clock.now() + timedelta(hours=1)
    sample = ({"day": "2026-11-01", "note": "write to ***"},)
    told = [
        checks.CheckRecord(ROD, "odd_day", "warning", checks.FAILED, sample=sample),
        checks.CheckRecord(ROD, "doubled", "blocking", checks.FAILED, mend="Read it anew."),
        checks.CheckRecord(ROD, "sound", "blocking", checks.PASSED),
    ]
    score = ScoreRecord(
        *(ROD, "shopify", "validity", now.date(), Decimal("0.75"), 4, 1), {"failed": ["odd_day"]}
    )
    with web.storefront.database.jobs() as session:
        checks.save_check_results(session, new_id(), told, now)
        save_scores(session, [score])
    web.sign_in(OWNER)
    return web


def told(web: Web, path: str) -> Any:
    answer = web.client.get(f"/api/v1/health/{path}", params={"shop": ROD})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_failing_and_gravest_stand_first(checked: Web) -> None:
    names = [each["check"] for each in told(checked, "checks")["checks"]]
    assert names == ["doubled", "odd_day", "sound"]


def test_one_has_its_masked_rows_and_what_it_said(checked: Web) -> None:
    found = told(checked, "checks/odd_day")
    assert found["sample"] == [{"day": "2026-11-01", "note": "write to ***"}]
    assert [each["status"] for each in found["answers"]] == ["failed"]


def test_the_scorecard_has_its_days(checked: Web) -> None:
    (source,) = told(checked, "scorecard")["sources"]
    validity = source["dimensions"]["validity"]
    assert (validity["score"], validity["failed"]) == ("0.7500", ["odd_day"])
    assert len(validity["days"]) == 1


def test_an_owner_sets_a_warning_aside(checked: Web) -> None:
    answer = checked.send(OVERRIDES, DOCUMENT)
    assert answer.status_code == 200, answer.text
    (standing,) = told(checked, "checks")["overrides"]
    assert (standing["check"], standing["reason"]) == ("odd_day", DOCUMENT["reason"])
    with checked.storefront.database.jobs() as session:
        event = audit.list_events(session, ROD)[0]
    owner = actor_of(checked.storefront.user_id(OWNER))
    assert (event.action, event.actor) == ("quality.check.override", owner)


def test_nobody_sets_aside_what_blocks(checked: Web) -> None:
    answer = checked.send(OVERRIDES, DOCUMENT | {"check": "doubled"})
    assert answer.status_code == 409
    assert answer.json()["error"]["hint"] == "Mend it: Read it anew."


@pytest.mark.parametrize(("who", "status"), [(VIEWER, 403), (STRANGER, 404)])
def test_who_may_not(checked: Web, who: str, status: int) -> None:
    checked.sign_in(who)
    assert checked.send(OVERRIDES, DOCUMENT).status_code == status


def test_not_without_a_reason(checked: Web) -> None:
    answer = checked.send(OVERRIDES, DOCUMENT | {"reason": " "})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "rationale")
