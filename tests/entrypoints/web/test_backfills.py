"""Backfills over the API: asked for, approved by somebody else, put in line once, and told to their shop only."""

from typing import Any

from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories.alerts import list_alerts
from tests.fixtures.planned import planned_by
from tests.fixtures.storefront import OWNER, ROD, STRANGER
from tests.fixtures.web import Web

ASK = f"?shop={ROD}"


def told(web: Web, way: str, **sent: Any) -> Any:
    return web.send(f"/api/v1/backfills{way}{ASK}", sent).json()


def test_from_asking_to_the_line(web: Web) -> None:
    engineer = web.storefront.add_person(Role.ENGINEER)
    planned = planned_by(web.storefront, engineer, Role.ENGINEER)
    backfill = f"/{planned.plan_id}"
    web.sign_in(engineer)
    asked = told(web, "", plan=str(planned.plan_id), reason="Prices were wrong.")
    assert asked["demand"] == "manager approval"
    assert told(web, f"{backfill}/run")["error"]["code"] == "conflict"

    web.sign_in(OWNER)
    seen = web.client.get(f"/api/v1/backfills{backfill}/diff{ASK}").json()
    assert (seen["made_by"], [row["before"] for row in seen["rows"]]) == ("dry_run", ["3"])
    assert web.client.get(f"/api/v1/backfills{backfill}{ASK}").json()["dry_run"]["changes"] == 1
    agreed = {"plan_hash": planned.plan.hash, "rationale": "Agreed."}
    assert told(web, f"{backfill}/approve", **agreed)["status"] == "approved"

    web.sign_in(engineer)
    assert told(web, f"{backfill}/run")["backfill"] == str(planned.plan_id)
    assert "in line already" in told(web, f"{backfill}/run")["error"]["message"]
    shown = web.client.get(f"/api/v1/backfills{backfill}{ASK}").json()
    assert [each["status"] for each in shown["history"]] == ["requested", "approved"]
    assert told(web, f"{backfill}/abort", reason="Not now.")["status"] == "aborted"

    with web.storefront.database.jobs() as session:
        kept = [each.sentence for each in list_alerts(session, [ROD], closed=True)]
    assert [sentence.partition(". ")[0].rpartition(": ")[2] for sentence in kept] == [
        *("aborted", "approved", "requested")
    ]

    web.sign_in(STRANGER)
    foreign = web.client.get(f"/api/v1/backfills{backfill}?shop=kustom-kyoto")
    assert foreign.status_code == 404
    foreign = web.client.get(f"/api/v1/backfills{backfill}/diff?shop=kustom-kyoto")
    assert foreign.status_code == 404


def test_without_the_form_token_nothing_is_said(web: Web) -> None:
    web.sign_in(OWNER)
    planned = planned_by(web.storefront, OWNER, Role.OWNER)
    sent = {"plan": str(planned.plan_id), "reason": "Prices were wrong."}
    answer = web.client.post(f"/api/v1/backfills{ASK}", json=sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forged_form")
