"""What a shop shows, told and changed through the API: who may, what is kept of it, and what a reader is told."""

from datetime import timedelta
from typing import Any

import pytest

from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.marts import published_marts
from tests.fixtures.storefront import OWNER, ROD, VIEWER
from tests.fixtures.web import Web

SENTENCE = "Shopify counts 412 orders on 19 Nov 2026, we hold 409."
MEND = "Run `hotdash run`: it reads 19 Nov 2026 again in full."


def publications(web: Web) -> dict[str, Any]:
    answer = web.client.get(f"/api/v1/publications?shop={ROD}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def marts(web: Web) -> dict[str, dict[str, Any]]:
    return {each["mart"]: each for each in publications(web)["marts"]}


def revenue_of(web: Web) -> dict[str, Any]:
    asked = f"/api/v1/metrics/query?shop={ROD}&metric=revenue&range=30d"
    answer = web.client.get(asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def value_of(answer: dict[str, Any]) -> str:
    return answer["rows"][0]["values"]["revenue"]["value"]


@pytest.fixture
def twice(web: Web) -> Web:
    """Published twice, the second time with more orders; the owner is signed in."""
    web.storefront.clock.advance(timedelta(minutes=1))
    web.storefront.publish(ROD, growth=1.2)
    web.sign_in(OWNER)
    return web


def roll_back(web: Web, to: str, reason: str = "The import doubled a day.") -> Any:
    asked = {"shop": ROD, "publication": to, "reason": reason}
    return web.send("/api/v1/publications/rollback", asked)


class TestListed:
    def test_every_mart_with_its_build(self, twice: Web) -> None:
        told = publications(twice)

        newer, older = told["publications"]
        assert (newer["is_shown"], older["is_shown"]) == (True, False)
        assert told["shown"] == newer["publication"]
        assert told["held"] is None
        assert {each["mart"] for each in told["marts"]} == set(published_marts())
        revenue = marts(twice)["fct_revenue"]
        assert revenue["build"] == newer["build"]
        assert revenue["last_outcome"] == "published"
        assert revenue["blocked"] is None

    def test_what_is_kept_back_says_why_since_when_and_the_mend(self, twice: Web) -> None:
        shown = marts(twice)["fct_revenue"]["build"]
        twice.storefront.block()
        first_blocked = twice.storefront.clock.now()
        twice.storefront.block()

        told = marts(twice)

        revenue = told["fct_revenue"]
        assert revenue["build"] == shown
        assert revenue["blocked"]["since"] == f"{first_blocked:%Y-%m-%dT%H:%M:%S.%fZ}"
        assert revenue["blocked"]["reasons"] == [
            {"check": "orders_reconcile", "sentence": SENTENCE, "mend": MEND}
        ]
        assert told["dim_customers"]["blocked"] is None


class TestAskedMetrics:
    def test_say_what_keeps_a_newer_build_back(self, twice: Web) -> None:
        before = revenue_of(twice)
        assert before["shops"][0]["blocked"] == []
        twice.storefront.block()

        after = revenue_of(twice)

        assert value_of(after) == value_of(before)
        (blocked,) = after["shops"][0]["blocked"]
        assert blocked["mart"] == "fct_revenue"
        assert blocked["reasons"][0]["sentence"] == SENTENCE

    def test_of_other_marts_say_nothing_of_it(self, twice: Web) -> None:
        twice.storefront.block()
        answer = twice.client.get(f"/api/v1/metrics/query?shop={ROD}&metric=ad_spend&range=30d")

        assert answer.status_code == 200
        assert answer.json()["shops"][0]["blocked"] == []


class TestRollback:
    def test_shows_the_older_one_at_once_and_pins_it(self, twice: Web) -> None:
        newer, older = publications(twice)["publications"]
        of_newer = value_of(revenue_of(twice))

        answer = roll_back(twice, older["publication"])

        assert answer.status_code == 200
        assert answer.json()["shown"] == older["publication"]
        assert value_of(revenue_of(twice)) != of_newer
        told = publications(twice)
        assert told["shown"] == older["publication"] != newer["publication"]
        assert told["held"]["reason"] == "The import doubled a day."
        twice.storefront.publish(ROD, growth=1.5)
        assert publications(twice)["shown"] == older["publication"]
        assert marts(twice)["fct_revenue"]["last_outcome"] == "pinned"

    def test_is_audited_by_the_id_of_who_asked(self, twice: Web) -> None:
        older = publications(twice)["publications"][1]["publication"]

        answer = roll_back(twice, older)

        with twice.storefront.database.jobs() as session:
            event = list_events(session, ROD)[0]
            decision = list_decisions(session, ROD)[0]
        assert event.action == "publication.rolled_back"
        assert event.actor == f"user:{twice.storefront.user_id(OWNER)}"
        assert event.request_id == answer.headers["x-request-id"]
        assert OWNER not in str(event)
        assert (decision.actor, decision.rationale) == (event.actor, "The import doubled a day.")

    def test_to_what_is_not_there_names_it(self, twice: Web) -> None:
        unknown = str(new_id())

        answer = roll_back(twice, unknown)

        assert answer.status_code == 404
        assert unknown in answer.json()["error"]["message"]

    def test_needs_a_reason(self, twice: Web) -> None:
        older = publications(twice)["publications"][1]["publication"]

        assert roll_back(twice, older, "").status_code == 422
        assert roll_back(twice, older, "  ").json()["error"]["code"] == "reason_missing"
        assert publications(twice)["held"] is None

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.OPERATOR, 403),
            (Role.ANALYST, 403),
            (Role.ENGINEER, 200),
            (Role.MANAGER, 200),
        ],
    )
    def test_is_for_some_roles(self, twice: Web, role: Role, status: int) -> None:
        older = publications(twice)["publications"][1]["publication"]
        twice.sign_in(twice.storefront.add_person(role))

        assert roll_back(twice, older).status_code == status


class TestRelease:
    def test_lets_the_next_publication_through(self, twice: Web) -> None:
        older = publications(twice)["publications"][1]["publication"]
        roll_back(twice, older)

        answer = twice.send("/api/v1/publications/release", {"shop": ROD, "reason": "Mended."})

        assert answer.status_code == 200
        assert answer.json() | {"since": None} == {
            "shop": ROD,
            "shown": older,
            "since": None,
            "held": None,
        }
        twice.storefront.clock.advance(timedelta(minutes=1))
        twice.storefront.publish(ROD, growth=1.5)
        assert publications(twice)["shown"] != older

    def test_of_what_is_not_held_says_so(self, twice: Web) -> None:
        answer = twice.send("/api/v1/publications/release", {"shop": ROD, "reason": "Mended."})

        assert answer.status_code == 409
        assert "not held" in answer.json()["error"]["message"]


def test_a_viewer_sees_what_is_kept_back_and_changes_nothing(twice: Web) -> None:
    older = publications(twice)["publications"][1]["publication"]
    twice.sign_in(VIEWER)

    assert publications(twice)["shown"] != older
    assert roll_back(twice, older).status_code == 403
