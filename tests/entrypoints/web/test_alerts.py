"""Alerts over the API: seen by everybody of the shop, answered by who may, and every answer audited."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories.alerts import NewAlert, list_alerts, open_alerts
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

CHECK = "order_ids_are_unique"


@pytest.fixture
def alert(web: Web) -> UUID:
    found = NewAlert(ROD, CHECK, "blocking", "3 orders stand there twice.", "Run it anew.", "me")
    with web.storefront.database.jobs() as session:
        open_alerts(session, [found], web.context.clock.now())
        [opened] = list_alerts(session, [ROD])
    return opened.alert_id


def asked(web: Web, shop: str = ROD, **more: str) -> Any:
    answer = web.client.get("/api/v1/alerts", params={"shop": shop, **more})
    assert answer.status_code == 200
    return answer.json()


def answered(web: Web, alert: UUID, what: str, shop: str = ROD, **said: Any) -> Any:
    return web.send(f"/api/v1/alerts/{alert}/{what}?shop={shop}", said)


def test_is_seen_with_what_to_do(web: Web, alert: UUID) -> None:
    web.sign_in(VIEWER)
    told = asked(web)
    [found] = told["alerts"]
    assert (found["alert"], found["status"], found["mend"]) == (str(alert), "open", "Run it anew.")
    assert found["runbook"] == f"{web.context.base_url}/runbooks/{CHECK}"
    assert found["page"] == f"{web.context.base_url}/today?shop={ROD}"
    assert [each["false_alarms"] for each in told["false_alarms_per_week"]] == [0, 0, 0, 0]


def test_nobody_of_another_shop_sees_or_answers_it(web: Web, alert: UUID) -> None:
    web.sign_in(STRANGER)
    assert asked(web, KYOTO)["alerts"] == []
    assert answered(web, alert, "acknowledge", KYOTO).status_code == 404
    assert answered(web, alert, "acknowledge").status_code == 404


@pytest.mark.parametrize("role", Role)
def test_answers_come_from_whoever_may(web: Web, alert: UUID, role: Role) -> None:
    web.sign_in(web.storefront.add_person(role))
    status = answered(web, alert, "acknowledge").status_code
    assert status == (403 if role is Role.VIEWER else 200)


def test_an_answer_is_kept_with_who_gave_it(web: Web, alert: UUID) -> None:
    web.sign_in(OWNER)
    told = answered(web, alert, "acknowledge", note="I look.").json()
    owner = actor_of(web.storefront.user_id(OWNER))
    assert (told["status"], told["by"], told["events"][0]["note"]) == (
        "acknowledged",
        owner,
        "I look.",
    )
    with web.storefront.database.jobs() as session:
        event = list_events(session, ROD)[0]
    assert (event.action, event.actor, event.subject) == ("acknowledge_alert", owner, str(alert))
    assert event.request_id


def test_a_snooze_has_an_end(web: Web, alert: UUID) -> None:
    web.sign_in(OWNER)
    now = web.context.clock.now()
    later = iso_utc(now + timedelta(hours=4))
    assert answered(web, alert, "snooze", until=later).json()["status"] == "snoozed"
    for wrong in (iso_utc(now), iso_utc(now + timedelta(days=15)), "2026-12-01T08:00:00", ""):
        refused = answered(web, alert, "snooze", until=wrong)
        assert refused.status_code in (400, 422)
        assert refused.json()["error"]["field"] == "until"


@pytest.mark.parametrize(
    ("fields", "status", "action"),
    [
        ({"reason": "Mended."}, "resolved", "alerts.resolve"),
        ({"reason": "A sale.", "false_alarm": True}, "false_alarm", "alerts.false_alarm"),
    ],
)
def test_an_end_is_a_decision_and_only_once(
    web: Web, alert: UUID, fields: dict[str, Any], status: str, action: str
) -> None:
    web.sign_in(OWNER)
    assert answered(web, alert, "resolve").json()["error"]["field"] == "reason"
    assert answered(web, alert, "resolve", **fields).json()["status"] == status
    assert answered(web, alert, "resolve", **fields).status_code == 409
    assert asked(web)["alerts"] == []
    [closed] = asked(web, closed="true")["alerts"]
    assert closed["status"] == status
    with web.storefront.database.jobs() as session:
        assert list_decisions(session, ROD)[0].action == action
    false = asked(web)["false_alarms_per_week"][0]["false_alarms"]
    assert false == (1 if status == "false_alarm" else 0)
