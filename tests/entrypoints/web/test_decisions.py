"""Decisions over the API: read by everybody of the shop, answered by who may, paged and found again."""

from typing import Any

import pytest

from hotdash.base.actors import actor_of
from hotdash.base.roles import Permission, Role, may
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.repositories.facts import list_facts
from tests.fixtures.asked import ask
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, VIEWER
from tests.fixtures.web import Web

QUEUE, HISTORY = f"/api/v1/decisions/queue?shop={ROD}", f"/api/v1/decisions?shop={ROD}"


@pytest.fixture
def asked(web: Web) -> str:
    record = ask(web.storefront.database, web.storefront.clock.now())
    web.sign_in(web.storefront.add_person(Role.OPERATOR))
    return str(record.recommendation_id)


def answer(web: Web, asked: str, verb: str, key: str | None = None, **said: Any) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return web.send(
        f"/api/v1/decisions/{asked}/{verb}?shop={ROD}", {"rationale": "So."} | said, **headers
    )


def test_what_waits_is_read_answered_once_and_found_in_the_history(web: Web, asked: str) -> None:
    [waiting] = web.client.get(QUEUE).json()["recommendations"]
    assert (waiting["recommendation"], waiting["impact_amount"]) == (asked, "100.00")
    now = web.storefront.clock.now().isoformat()
    said = {"shown_at": now, "shown_order": [asked], "edits": {"units": 24}}
    first = answer(web, asked, "approve", "k1", **said)
    again = answer(web, asked, "approve", "k1", **said)
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert answer(web, asked, "reject").status_code == 409
    assert answer(web, asked, "reject", "k1").status_code == 409
    assert web.client.get(QUEUE).json()["recommendations"] == []
    [decided] = web.client.get(f"{HISTORY}&action=inventory.&subject=ITEM").json()["decisions"]
    assert (decided["decision"], decided["by"]) == (first.json()["decision"], "Some Body")
    assert (decided["edits"], decided["seconds_to_decide"]) == ({"units": 24}, 0)
    corrected = web.send(
        f"/api/v1/decisions/{decided['decision']}/correct?shop={ROD}", {"rationale": "48."}
    )
    assert corrected.json()["corrects"] == decided["decision"]


def test_history_is_paged_without_gap_or_repetition(web: Web, asked: str) -> None:
    made = answer(web, asked, "approve").json()["decision"]
    for number in range(4):
        web.send(f"/api/v1/decisions/{made}/correct?shop={ROD}", {"rationale": f"{number}"})
    seen: list[str] = []
    cursor = ""
    while True:
        page = web.client.get(f"{HISTORY}&limit=2{cursor}").json()
        seen += [each["decision"] for each in page["decisions"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert web.client.get(f"{HISTORY}&cursor=nonsense").status_code == 400


def test_who_only_looks_answers_nothing(web: Web, asked: str) -> None:
    web.sign_in(VIEWER)
    assert web.client.get(QUEUE).json()["recommendations"]
    assert answer(web, asked, "approve").status_code == 403


def test_of_another_shop_it_is_not_there(web: Web, asked: str) -> None:
    web.sign_in(web.storefront.add_person(Role.OWNER, KYOTO))
    path = f"/api/v1/decisions/{asked}/approve?shop={KYOTO}"
    assert web.send(path, {"rationale": "So."}).status_code == 404
    with web.storefront.database.jobs() as session:
        assert list_decisions(session, ROD) == []


def test_a_page_is_assigned_and_done(web: Web, asked: str) -> None:
    del asked
    said = {"landing_page": "/p", "assignee": "Bea", "rationale": "It fell."}
    made = web.send(f"/api/v1/assignments?shop={ROD}", said).json()
    moved = web.send(f"/api/v1/assignments/{made['assignment']}?shop={ROD}", {"state": "done"})
    assert moved.json()["state"] == "done"
    found = web.client.get(f"/api/v1/assignments?shop={ROD}&state=done").json()["assignments"]
    assert [each["landing_page"] for each in found] == ["/p"]


def test_opening_today_is_a_fact_once_an_hour(web: Web) -> None:
    web.sign_in(OWNER)
    for _ in range(3):
        assert web.client.get(f"/today?shop={ROD}").status_code == 200
    told = web.client.get(f"/api/v1/facts?shop={ROD}&type=dashboard.session.opened").json()
    [fact] = told["facts"]
    assert fact["metadata"]["operator"].startswith("user:")
    with web.storefront.database.jobs() as session:
        assert len(list_facts(session, ROD)) == 1


def test_when_somebody_came_is_for_those_who_see_access(web: Web) -> None:
    web.sign_in(OWNER)
    assert web.client.get(f"/today?shop={ROD}").status_code == 200
    web.sign_in(VIEWER)
    assert web.client.get(f"/api/v1/facts?shop={ROD}").json()["facts"] == []
    opened = f"/api/v1/facts?shop={ROD}&type=dashboard.session.opened"
    assert web.client.get(opened).status_code == 403
    web.as_program(web.storefront.token_of(OWNER, scopes=["see_metrics"]))
    assert web.client.get(opened).status_code == 403


class TestDecisionsAboutBackfills:
    """Who asked for one and why is told to whoever may see backfills, and to nobody else."""

    REASON = "The prices of a supplier were wrong."
    WAYS = (
        HISTORY,
        f"{HISTORY}&scope=backfills",
        f"{HISTORY}&action=backfills.",
        f"{HISTORY}&subject=plan",
        f"/decisions?shop={ROD}",
        f"/decisions?shop={ROD}&action=backfills.request",
        f"/decisions/export.csv?shop={ROD}",
    )

    @pytest.fixture
    def about_backfill(self, web: Web) -> str:
        store = web.storefront
        requester = actor_of(store.user_id(AGENCY))
        decision = Decision(
            *(ROD, Scope.BACKFILLS, Action.REQUEST_BACKFILL, requester, "plan 7", self.REASON)
        )
        with store.database.jobs() as session:
            return str(record_decision(session, decision, store.clock.now()))

    def tells(self, web: Web, way: str) -> bool:
        answer = web.client.get(way)
        assert answer.status_code in ({200, 403} if "export" in way else {200})
        told = self.REASON in answer.text
        # The person stands in the list of deciders only where they decided what is shown.
        assert told or actor_of(web.storefront.user_id(AGENCY)) not in answer.text
        return told

    @pytest.mark.parametrize("role", Role)
    def test_by_role(self, web: Web, about_backfill: str, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        may_see = may(role, Permission.SEE_BACKFILLS)
        assert {self.tells(web, way) for way in self.WAYS} == {may_see}

    @pytest.mark.parametrize("scopes", [["see_metrics"], ["see_metrics", "see_backfills"]])
    def test_by_token(self, web: Web, about_backfill: str, scopes: list[str]) -> None:
        web.as_program(web.storefront.token_of(OWNER, scopes=scopes))
        for way in self.WAYS[:4]:
            assert self.tells(web, way) is ("see_backfills" in scopes)

    @pytest.mark.parametrize("role", [Role.OPERATOR, Role.MANAGER])
    def test_nobody_corrects_what_they_may_not_see(
        self, web: Web, about_backfill: str, role: Role
    ) -> None:
        web.sign_in(web.storefront.add_person(role))
        expected = 200 if may(role, Permission.SEE_BACKFILLS) else 404
        path = f"/api/v1/decisions/{about_backfill}/correct?shop={ROD}"
        assert web.send(path, {"rationale": "No."}).status_code == expected
        form = {"shop": ROD, "decision": about_backfill, "rationale": "No.", "shown_at": "now"}
        answer = web.form("/decisions/correct", form)
        assert answer.status_code == (303 if expected == 200 else 404)
