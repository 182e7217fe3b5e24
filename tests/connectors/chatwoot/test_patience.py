"""Throttling, passing failures and refusals: waited for as told, never hammered, told in one clear error."""

from collections import Counter
from datetime import timedelta

import pytest

from hotdash.base.errors import HotdashError
from hotdash.base.progress import SilentProgress
from hotdash.connectors.calling import (
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
)
from hotdash.connectors.contract import Rows
from hotdash.simulators.world import World
from tests.fixtures.chatwoot import PRIVATE, Accounts, Expected, gathered, in_order, read
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

NORD = "nordkurve-teile"
AGENT = "cw_simulated_agent_hot_rod_an"


def statuses(accounts: Accounts) -> Counter[str]:
    return Counter(call.status for call in accounts.calls)


class TestFaults:
    def test_a_fifth_of_all_calls_failing_costs_less_than_half_as_many_more(
        self, accounts: Accounts
    ) -> None:
        undisturbed = read(accounts.open())
        ideal = len(accounts.calls)
        accounts.calls.clear()
        for kind in ("server_error", "reset", "truncated", "too_many_requests"):
            accounts.fault(kind, share=0.055, seconds=0.01)
        disturbed = read(accounts.open())
        assert len(accounts.calls) - ideal > 0.15 * ideal, "faults did happen"
        assert len(accounts.calls) <= 1.5 * ideal
        for table, rows in undisturbed.rows.items():
            assert in_order(disturbed.rows[table]) == in_order(rows), table

    @pytest.mark.parametrize("kind", ["server_error", "reset", "truncated"])
    def test_a_passing_failure_is_tried_again(self, accounts: Accounts, kind: str) -> None:
        accounts.fault(kind, times=2)
        accounts.open().check()
        assert [call.retries for call in accounts.calls[:3]] == [0, 1, 2]

    def test_gives_up_in_the_end_and_names_what_it_asked_for(self, accounts: Accounts) -> None:
        accounts.fault("server_error")
        with pytest.raises(VendorUnavailableError, match=r"profile.*hot-rod-an.*HTTP 503"):
            accounts.open().check()
        assert len(accounts.calls) == 7

    def test_each_call_is_measured_with_shop_and_operation(self, accounts: Accounts) -> None:
        read(accounts.open(NORD))
        assert {(call.vendor, call.shop) for call in accounts.calls} == {("chatwoot", NORD)}
        assert {call.operation for call in accounts.calls} >= {"conversations", "messages", "csat"}


class TestThrottling:
    def test_429_is_waited_out_as_long_as_it_says(self, accounts: Accounts) -> None:
        accounts.fault("too_many_requests", times=2, seconds=3.5)
        accounts.open().check()
        assert accounts.sleeps == [3.5, 3.5]
        assert statuses(accounts)["throttled"] == 2

    def test_without_a_word_about_it_for_the_rest_of_the_minute(self, accounts: Accounts) -> None:
        """Rack::Attack counts by the minute of the clock and says nothing."""
        accounts.fault("too_many_requests", times=1)
        accounts.open().check()
        (wait,) = accounts.sleeps
        assert 1 <= wait <= 60

    def test_more_often_than_any_call_is_tried_it_is_still_waited_for(
        self, accounts: Accounts
    ) -> None:
        accounts.fault("too_many_requests", times=20, seconds=1)
        assert accounts.open().check() == ()

    def test_until_tomorrow_is_too_long(self, accounts: Accounts) -> None:
        accounts.fault("too_many_requests", seconds=86_400)
        with pytest.raises(VendorUnavailableError, match="in 24 hours"):
            accounts.open().check()
        assert not accounts.sleeps

    def test_for_ever_is_too_long(self, accounts: Accounts) -> None:
        accounts.fault("too_many_requests", seconds=1)
        with pytest.raises(VendorUnavailableError, match=r"throttled profile.*30 times"):
            accounts.open().check()

    def test_what_changed_before_a_long_wait_is_told_all_the_same(
        self, accounts: Accounts, simulator: SimulatorHandle
    ) -> None:
        """Chatwoot counts back from when it answers, and that may be long after the read began."""
        simulator.set_clock(UNTIL - timedelta(hours=240))
        before = read(accounts.open())
        simulator.set_clock(UNTIL - timedelta(hours=234))
        at_once = read(accounts.open(), before.cursor)
        accounts.fault("too_many_requests", route="conversations", times=10, seconds=3_500)
        accounts.on_sleep = lambda seconds: simulator.advance(timedelta(seconds=seconds))
        late = read(accounts.open(), before.cursor)
        wanted = {row["conversation_id"] for row in at_once.of("conversations")}
        assert wanted
        assert wanted <= {row["conversation_id"] for row in late.of("conversations")}
        assert late.cursor["updated_at"] == at_once.cursor["updated_at"]


class TestRefusals:
    def test_a_revoked_token_is_one_call_and_one_clear_error(self, accounts: Accounts) -> None:
        accounts.switch("tokens", shop=SHOP_ID)
        connector = accounts.open()
        for attempt in (connector.check, lambda: read(connector)):
            accounts.calls.clear()
            with pytest.raises(VendorAccessError, match="rejects the access token") as caught:
                attempt()
            assert len(accounts.calls) == 1, "no retry storm"
            assert PRIVATE not in f"{caught.value} {caught.value.__cause__!r} {connector.client!r}"

    def test_a_token_of_another_account(self, accounts: Accounts) -> None:
        with pytest.raises(VendorAccessError, match=r"not in account 2; its accounts: 1\.") as told:
            accounts.open(account_id="2").check()
        assert told.value.field == "account_id"

    def test_something_that_is_no_chatwoot(self, accounts: Accounts) -> None:
        address = accounts.fields()["base_url"].removesuffix("/chatwoot")
        with pytest.raises(VendorAnswerError, match="nothing at /api/v1/profile"):
            accounts.open(base_url=address).check()
        assert len(accounts.calls) == 1

    def test_without_administrator_it_says_what_is_lost(self, accounts: Accounts) -> None:
        (missing,) = accounts.open(api_access_token=AGENT).check()
        assert missing.scope == "administrator"
        assert "CSAT" in missing.costs
        assert "reporting events" in missing.costs

    def test_an_agents_token_reads_what_an_agent_may(self, accounts: Accounts) -> None:
        told = read(accounts.open(api_access_token=AGENT))
        assert len(told.of("conversations")) == 40
        assert not told.of("csat")
        assert not told.of("reporting_events")
        assert told.of("account")[0]["role"] == "agent"
        assert "vendor_not_allowed" not in statuses(accounts)

    def test_events_that_this_chatwoot_does_not_tell_delete_no_conversation(
        self, accounts: Accounts
    ) -> None:
        """Editions differ in their doors: only the conversation itself can say that it is gone."""
        whole = read(accounts.open())
        accounts.calls.clear()
        accounts.fault("server_error", status=404, route="conversation_events")
        told = read(accounts.open())
        assert told.deleted == {}
        assert in_order(told.of("conversations")) == in_order(whole.of("conversations"))
        assert in_order(told.of("messages")) == in_order(whole.of("messages"))
        assert told.of("reporting_events") == []
        assert Counter(call.operation for call in accounts.calls)["reporting_events"] == 1

    def test_promoted_to_administrator_it_reads_what_it_could_not(
        self, accounts: Accounts, world: World
    ) -> None:
        before = read(accounts.open(api_access_token=AGENT))
        told = read(accounts.open(), before.cursor)
        ratings = {(row["conversation_id"], row["rating"]) for row in told.of("csat")}
        assert ratings == Expected.of(world, UNTIL).ratings()

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("account_id", "one"),
            ("history_days", "ever"),
            ("business_hours", "always"),
            ("business_hours", "Fri-Mon 09:00-17:00"),
            ("sla_first_response_minutes", "2h"),
            ("sla_resolution_minutes", "0"),
            ("store_message_text", "maybe"),
        ],
    )
    def test_what_cannot_be_read_is_named_before_anything_is_asked(
        self, accounts: Accounts, field: str, value: str
    ) -> None:
        with pytest.raises(HotdashError) as caught:
            accounts.open(**{field: value})
        assert caught.value.field == field
        assert value in caught.value.message
        assert not accounts.calls


class TestEditions:
    def test_the_community_edition_is_read_without_what_it_does_not_have(
        self, accounts: Accounts
    ) -> None:
        accounts.switch("edition", edition="community")
        assert accounts.open().check() == ()
        told = read(accounts.open())
        (account,) = told.of("account")
        assert (account["edition"], account["has_slas"]) == ("community", False)
        for thing in ("sla_policies", "applied_slas", "sla_events", "reporting_events"):
            assert not told.of(thing), thing
        assert len(told.of("csat")) > 0
        assert len(told.of("sla_settings")) == 7
        asked = Counter(call.operation for call in accounts.calls)
        assert asked["sla_policies"] == 1
        assert asked["reporting_events"] == asked["applied_slas"] == 0

    def test_an_upgrade_reads_all_anew(self, accounts: Accounts) -> None:
        accounts.switch("edition", edition="community")
        before = read(accounts.open())
        accounts.switch("edition", edition="enterprise")
        assert len(read(accounts.open(), before.cursor).of("reporting_events")) > 100


class TestCounts:
    def test_deleted_while_it_is_read_no_other_is_missed(
        self, accounts: Accounts, world: World
    ) -> None:
        """The pages move up by one, so the first of the second page is not on it any more."""
        events = accounts.open().read(None, SilentProgress())
        told = []
        for event in events:
            told.append(event)
            if isinstance(event, Rows) and event.table.name == "chatwoot_conversations":
                accounts.switch("deletions", shop=SHOP_ID, conversation=2)
                break
        rows = gathered([*told, *events]).of("conversations")
        found = [row["conversation_id"] for row in rows]
        assert sorted(found) == [number for number, _ in Expected.of(world, UNTIL).cases]

    def test_opened_while_it_is_read_comes_last(
        self, accounts: Accounts, simulator: SimulatorHandle, world: World
    ) -> None:
        simulator.set_clock(UNTIL - timedelta(days=5))
        events = accounts.open().read(None, SilentProgress())
        told = []
        for event in events:
            told.append(event)
            if isinstance(event, Rows) and event.table.name == "chatwoot_conversations":
                simulator.set_clock(UNTIL)
                break
        rows = gathered([*told, *events]).of("conversations")
        found = [row["conversation_id"] for row in rows]
        assert sorted(found) == [number for number, _ in Expected.of(world, UNTIL).cases]

    @pytest.mark.parametrize(
        ("route", "field", "what"),
        [
            ("conversations", "all_count", "conversations"),
            ("contacts", "count", "contacts"),
            ("csat_metrics", "total_count", "survey responses"),
            ("applied_slas", "count", "missed SLAs"),
        ],
    )
    def test_a_count_that_stays_wrong_is_an_error_and_no_shrug(
        self, accounts: Accounts, route: str, field: str, what: str
    ) -> None:
        accounts.fault("drift", route=route, field=field, change="retype", value=4_711)
        with pytest.raises(VendorAnswerError, match=f"another number of {what}"):
            read(accounts.open(NORD))

    def test_an_envelope_nobody_knows_is_an_error(self, accounts: Accounts) -> None:
        accounts.fault("drift", route="conversations", field="payload", change="rename", value="x")
        with pytest.raises(VendorAnswerError, match="conversations with no list of records"):
            read(accounts.open(NORD))
