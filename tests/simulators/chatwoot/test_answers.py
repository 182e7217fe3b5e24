"""The simulated Chatwoot behaves as the real one does, traps included."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from hotdash.simulators.orders import epoch, instant
from hotdash.simulators.support import support_of
from hotdash.simulators.world import World
from tests.fixtures.chatwoot import Accounts
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle, started_simulator

NOW = epoch(UNTIL)
AGENT = "cw_simulated_agent_hot_rod_an"


class Door:
    """Asks as somebody else's client would."""

    def __init__(
        self, simulator: SimulatorHandle, token: str | None = None, shop_id: str = SHOP_ID
    ) -> None:
        self.accounts = Accounts(simulator)
        fields = self.accounts.fields(shop_id)
        self.token = token or fields["api_access_token"]
        self.base = fields["base_url"]
        self.account = f"{self.base}/api/v1/accounts/{fields['account_id']}"
        self.http = simulator.http

    def ask(self, below: str, **query: Any) -> httpx.Response:
        headers = {"api_access_token": self.token}
        return self.http.get(f"{self.account}{below}", params=query, headers=headers)

    def json(self, below: str, **query: Any) -> Any:
        return self.ask(below, **query).raise_for_status().json()


@pytest.fixture
def door(simulator: SimulatorHandle) -> Door:
    return Door(simulator)


class TestEntering:
    def test_without_and_with_a_wrong_token(self, door: Door) -> None:
        nobody = door.http.get(f"{door.account}/agents")
        assert (nobody.status_code, "errors" in nobody.json()) == (401, True)
        wrong = door.http.get(f"{door.account}/agents", headers={"api_access_token": "x"})
        assert (wrong.status_code, wrong.json()) == (401, {"error": "Invalid Access Token"})

    def test_both_spellings_of_the_header(self, door: Door) -> None:
        for name in ("api_access_token", "Api-Access-Token"):
            answer = door.http.get(f"{door.account}/agents", headers={name: door.token})
            assert answer.status_code == 200

    def test_an_agent_may_not_read_ratings(self, simulator: SimulatorHandle) -> None:
        for below in ("/csat_survey_responses", "/reporting_events", "/applied_slas"):
            answer = Door(simulator, AGENT).ask(below)
            assert answer.status_code == 401
            assert answer.json() == {"error": "You are not authorized to do this action"}

    def test_nothing_there(self, door: Door) -> None:
        for below in ("/conversations/999", "/contacts/1", "/conversations/999/messages"):
            answer = door.ask(below)
            assert (answer.status_code, answer.json()) == (
                404,
                {"error": "Resource could not be found"},
            )

    def test_the_community_edition_has_no_slas(self, door: Door) -> None:
        door.accounts.switch("edition", shop=SHOP_ID, edition="community")
        for below in ("/sla_policies", "/applied_slas", "/conversations/1/reporting_events"):
            assert door.ask(below).status_code == 404
        assert "applied_sla" not in door.json("/conversations/1")


class TestLists:
    def test_open_ones_in_the_order_of_their_activity_unless_asked_otherwise(
        self, door: Door
    ) -> None:
        told = door.json("/conversations")["data"]
        assert {each["status"] for each in told["payload"]} == {"open"}
        active = [each["last_activity_at"] for each in told["payload"]]
        assert active == sorted(active, reverse=True)
        everything = door.json("/conversations", status="all")["data"]["meta"]["all_count"]
        assert told["meta"]["all_count"] < everything

    def test_pages_of_25_and_of_15(self, door: Door) -> None:
        query = {"status": "all", "sort_by": "created_at_asc"}
        pages = [
            [e["id"] for e in door.json("/conversations", page=p, **query)["data"]["payload"]]
            for p in (1, 2, 3)
        ]
        assert [len(page) for page in pages] == [25, 15, 0]
        assert [each for page in pages for each in page] == list(range(1, 41))
        contacts = [len(door.json("/contacts", page=page)["payload"]) for page in (1, 2, 3, 4)]
        assert contacts == [15, 15, 6, 0]

    def test_updated_within_is_not_paged(self, door: Door) -> None:
        told = door.json("/conversations", status="all", updated_within=900 * 86_400)
        assert len(told["data"]["payload"]) == 40

    def test_messages_in_pages_of_20_100_and_1000(self, door: Door) -> None:
        long = next(
            each["id"]
            for page in (1, 2)
            for each in door.json("/conversations", status="all", page=page)["data"]["payload"]
            if len(door.json(f"/conversations/{each['id']}/messages", after=1)["payload"]) == 100
        )
        path = f"/conversations/{long}/messages"
        latest = [each["id"] for each in door.json(path)["payload"]]
        assert len(latest) == 20
        assert latest == sorted(latest)
        before = [each["id"] for each in door.json(path, before=latest[0])["payload"]]
        assert len(before) == 20
        assert max(before) < min(latest)
        both = door.json(path, after=1, before=2**31 - 1)["payload"]
        assert len(both) == 1_000

    def test_spans_count_only_with_both_ends_and_are_half_open(self, door: Door) -> None:
        every = door.json("/csat_survey_responses", sort="created_at")
        at = every[3]["created_at"]
        assert door.json("/csat_survey_responses", since=at, sort="created_at") == every
        found = door.json("/csat_survey_responses", since=at, until=at + 1)
        assert [each["id"] for each in found] == [every[3]["id"]]
        assert door.json("/csat_survey_responses", since=at + 1, until=at + 1) == []

    def test_the_two_ids_of_a_conversation(self, door: Door) -> None:
        events = door.json("/reporting_events")["payload"]
        assert {each["conversation_id"] > 100_000 for each in events} == {True}
        csat = door.json("/csat_survey_responses")
        assert all(each["conversation_id"] <= 40 for each in csat)

    def test_only_missed_slas_are_listed(self, door: Door) -> None:
        listed = door.json("/applied_slas")
        metrics = door.json("/applied_slas/metrics")
        assert {each["applied_sla"]["sla_status"] for each in listed["payload"]} <= {
            "missed",
            "active_with_misses",
        }
        assert listed["meta"]["count"] == metrics["number_of_sla_misses"]
        assert metrics["total_applied_slas"] == 40


class TestTime:
    def test_what_lies_ahead_is_not_told(self, door: Door, simulator: SimulatorHandle) -> None:
        seen: dict[int, int] = {}
        for days in (500, 200, 60, 20, 5, 0):
            simulator.set_clock(UNTIL - timedelta(days=days))
            now = int((UNTIL - timedelta(days=days)).timestamp())
            told = door.json("/conversations", status="all", updated_within=10**9)["data"]
            for each in told["payload"]:
                instants = [v for k, v in each.items() if k.endswith("_at") or k == "timestamp"]
                assert all(value <= now for value in instants if isinstance(value, int))
                opened = seen.setdefault(each["id"], each["created_at"])
                assert opened == each["created_at"], "a number is kept for ever"
            messages = door.json("/conversations/1/messages")["payload"] if seen else []
            assert all(each["created_at"] <= now for each in messages)
        assert len(seen) == 40

    def test_absent_instants_are_0(self, door: Door) -> None:
        told = door.json("/conversations", status="all", updated_within=10**9)["data"]["payload"]
        assert {each["contact_last_seen_at"] for each in told} == {0}
        assert any(each["waiting_since"] == 0 for each in told)

    def test_a_snooze_ends_by_itself(self, simulator: SimulatorHandle, world: World) -> None:
        shop_id, number, turn = next(
            (shop.shop_id, number, turn)
            for shop in world.shops
            for number, case in enumerate(support_of(world, shop.shop_id).cases_as_of(NOW), 1)
            for turn in case.turns
            if turn.snoozed_until and turn.snoozed_until < NOW
        )
        door = Door(simulator, shop_id=shop_id)
        simulator.set_clock(instant(turn.at))
        told = door.json(f"/conversations/{number}")
        assert told["status"] == "snoozed"
        assert datetime.fromisoformat(told["snoozed_until"]) == instant(turn.snoozed_until or 0)
        simulator.set_clock(instant(turn.snoozed_until or 0))
        told = door.json(f"/conversations/{number}")
        assert (told["status"], told["snoozed_until"]) == ("open", None)


def test_the_same_seed_gives_the_same_bytes(door: Door, simulator: SimulatorHandle) -> None:
    with started_simulator("--frozen") as other:
        for below in ("/conversations?status=all", "/contacts", "/csat_survey_responses"):
            assert Door(other).ask(below).content == door.ask(below).content
