"""Reading an account through the real client over HTTP, held against the world's own cases."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from hotdash.base.clock import FixedClock, iso_utc, local_day, parse_iso
from hotdash.base.progress import SilentProgress
from hotdash.connectors.chatwoot.connector import LONGEST_UNPAGED
from hotdash.connectors.chatwoot.tables import CONVERSATIONS, MESSAGES
from hotdash.connectors.contract import Rows
from hotdash.simulators.orders import instant
from hotdash.simulators.support import ENDLESS_MESSAGES
from hotdash.simulators.world import World
from tests.fixtures.chatwoot import Accounts, Expected, Told, gathered, in_order, merged, read
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

SHOPS = ["hot-rod-an", "kanto-garage", "nordkurve-teile"]
THINGS = (
    *("account", "agents", "inboxes", "contacts", "conversations", "messages", "csat"),
    *("sla_policies", "applied_slas", "sla_events", "reporting_events", "sla_settings"),
)


@pytest.fixture(scope="module")
def first_reads(running_simulator: SimulatorHandle) -> dict[str, Told]:
    """Nothing changes in a frozen world, so one first read of each shop serves all tests."""
    running_simulator.reset()
    return {shop_id: read(Accounts(running_simulator).open(shop_id)) for shop_id in SHOPS}


@pytest.fixture
def first(first_reads: dict[str, Told]) -> Told:
    return first_reads[SHOP_ID]


def same(one: Told, other: Told) -> None:
    for thing in THINGS:
        assert in_order(one.of(thing)) == in_order(other.of(thing)), thing


class TestFirstRead:
    @pytest.mark.parametrize("shop_id", SHOPS)
    def test_conversations_of_every_status_are_the_worlds(
        self, first_reads: dict[str, Told], world: World, shop_id: str
    ) -> None:
        wanted = Expected.of(world, UNTIL, shop_id)
        rows = first_reads[shop_id].of("conversations")
        assert sorted(row["conversation_id"] for row in rows) == [n for n, _ in wanted.cases]
        for row in rows:
            expected = wanted.conversation(row["conversation_id"])
            assert {key: row[key] for key in expected} == expected
        assert not first_reads[shop_id].unreadable
        assert not first_reads[shop_id].drifts

    @pytest.mark.parametrize("shop_id", SHOPS)
    def test_messages_also_of_a_conversation_longer_than_any_page(
        self, first_reads: dict[str, Told], world: World, shop_id: str
    ) -> None:
        wanted = Expected.of(world, UNTIL, shop_id).messages()
        rows = first_reads[shop_id].of("messages")
        keys = wanted[0].keys()
        assert in_order({key: row[key] for key in keys} for row in rows) == in_order(wanted)
        if shop_id == SHOP_ID:
            counts = Counter(row["conversation_id"] for row in rows)
            assert max(counts.values()) == ENDLESS_MESSAGES > 1_000

    def test_zero_is_no_instant(self, first: Told) -> None:
        for row in first.of("conversations"):
            instants = [value for value in row.values() if isinstance(value, datetime)]
            assert all(value.year > 2020 for value in instants)
            assert row["contact_last_seen_at"] is None

    @pytest.mark.parametrize("shop_id", SHOPS)
    def test_ratings_events_and_misses(
        self, first_reads: dict[str, Told], world: World, shop_id: str
    ) -> None:
        told, wanted = first_reads[shop_id], Expected.of(world, UNTIL, shop_id)
        ratings = {(row["conversation_id"], row["rating"]) for row in told.of("csat")}
        assert ratings == wanted.ratings()
        events = [
            (r["conversation_id"], r["name"], int(r["value"]), int(r["value_in_business_hours"]))
            for r in told.of("reporting_events")
        ]
        assert sorted(events) == wanted.events()
        misses = sorted((r["conversation_id"], r["event_type"]) for r in told.of("sla_events"))
        assert misses == wanted.misses()

    def test_reporting_events_carry_the_number_people_see(self, first: Told) -> None:
        known = {row["conversation_id"] for row in first.of("conversations")}
        assert {row["conversation_id"] for row in first.of("reporting_events")} <= known

    def test_every_sla_has_the_status_its_misses_say(self, first: Told) -> None:
        missed = {row["applied_sla_id"] for row in first.of("sla_events")}
        for row in first.of("applied_slas"):
            has_missed = row["applied_sla_id"] in missed
            assert (row["sla_status"] in ("missed", "active_with_misses")) == has_missed

    def test_contacts_also_those_the_list_leaves_out(self, first: Told, world: World) -> None:
        rows = first.of("contacts")
        assert {row["email"] for row in rows} == Expected.of(world, UNTIL).emails()
        assert len({row["contact_id"] for row in rows}) == len(rows)
        assert {row["contact_id"] for row in first.of("conversations")} == {
            row["contact_id"] for row in rows
        }

    def test_agents_inboxes_and_policies(self, first: Told) -> None:
        assert [row["role"] for row in first.of("agents")] == ["administrator", *3 * ["agent"]]
        assert {row["channel_type"] for row in first.of("inboxes")} == {
            "Channel::WebWidget",
            "Channel::Email",
        }
        (policy,) = first.of("sla_policies")
        assert (policy["first_response_seconds"], policy["resolution_seconds"]) == (7200, 97200)

    def test_the_promises_a_person_entered(self, first: Told) -> None:
        week = first.of("sla_settings")
        assert [(row["opens_minute"], row["closes_minute"]) for row in week] == [
            *5 * [(8 * 60, 17 * 60)],
            *2 * [(None, None)],
        ]
        assert {(r["timezone"], r["first_response_minutes"]) for r in week} == {
            ("America/Chicago", 120)
        }

    @pytest.mark.law(1)
    def test_children_share_the_instant_of_their_conversation(self, first: Told) -> None:
        versions = first.versions["chatwoot_conversations"]
        for thing in ("messages", "reporting_events"):
            assert first.versions[f"chatwoot_{thing}"] <= versions, thing

    @pytest.mark.law(12)
    def test_no_words_are_kept_unless_asked_for(self, accounts: Accounts, first: Told) -> None:
        assert {row["content"] for row in first.of("messages")} == {None}
        assert {row["feedback_message"] for row in first.of("csat")} == {None}
        told = read(accounts.open("nordkurve-teile", store_message_text="yes"))
        assert all(row["content"] for row in told.of("messages"))

    def test_only_as_far_back_as_asked(self, accounts: Accounts, world: World) -> None:
        told = read(accounts.open(history_days="30"))
        horizon = UNTIL - timedelta(days=30)
        wanted = {
            number
            for number, case in Expected.of(world, UNTIL).cases
            if any(horizon <= instant(e.at) <= UNTIL for e in (*case.said, *case.turns))
        }
        assert {row["conversation_id"] for row in told.of("conversations")} == wanted
        assert 0 < len(wanted) < 30

    def test_ends_with_how_far_it_came(self, first: Told) -> None:
        assert first.reached is not None
        assert first.reached.complete_through == UNTIL
        assert first.cursor["updated_at"] == iso_utc(UNTIL)


class TestLaterReads:
    def test_adds_up_to_what_the_account_holds_then(
        self, accounts: Accounts, simulator: SimulatorHandle, world: World
    ) -> None:
        simulator.set_clock(UNTIL - timedelta(days=6))
        reads = [read(accounts.open())]
        for _ in range(6):
            simulator.advance(timedelta(days=1))
            reads.append(read(accounts.open(), reads[-1].cursor))
        wanted = Expected.of(world, UNTIL)
        rows = merged(*reads, key="conversation_id", thing="conversations")
        assert sorted(rows) == [number for number, _ in wanted.cases]
        for number, row in rows.items():
            expected = wanted.conversation(number)
            assert {key: row[key] for key in expected} == expected
        messages = merged(*reads, key="message_id", thing="messages")
        assert len(messages) == len(wanted.messages())
        ratings = merged(*reads, key="csat_id", thing="csat").values()
        assert {(r["conversation_id"], r["rating"]) for r in ratings} == wanted.ratings()
        missed = merged(*reads, key="sla_event_id", thing="sla_events").values()
        assert sorted((r["conversation_id"], r["event_type"]) for r in missed) == wanted.misses()
        contacts = merged(*reads, key="contact_id", thing="contacts").values()
        assert {row["email"] for row in contacts} == wanted.emails()
        assert sum(len(told.of("conversations")) for told in reads[1:]) < len(rows)

    def test_asks_little_when_little_changed(
        self, accounts: Accounts, simulator: SimulatorHandle, first: Told
    ) -> None:
        simulator.advance(timedelta(minutes=20))
        told = read(accounts.open(), first.cursor)
        asked = Counter(call.operation for call in accounts.calls)
        assert asked["messages"] == len(told.of("conversations")) < 4
        assert asked["conversations"] == asked["contacts"] == 1
        assert told.of("sla_settings") == []

    def test_a_long_silence_is_caught_up_page_by_page(
        self, accounts: Accounts, simulator: SimulatorHandle, world: World
    ) -> None:
        simulator.set_clock(UNTIL - 20 * LONGEST_UNPAGED)
        before = read(accounts.open())
        simulator.set_clock(UNTIL)
        later = read(accounts.open(), before.cursor)
        rows = merged(before, later, key="conversation_id", thing="conversations")
        assert sorted(rows) == [number for number, _ in Expected.of(world, UNTIL).cases]
        assert len(later.of("conversations")) < len(rows)

    def test_a_changed_promise_is_told_once(self, accounts: Accounts, first: Told) -> None:
        changed = {"sla_first_response_minutes": "60", "business_hours": "Sat 10:00-12:00"}
        told = read(accounts.open(**changed), first.cursor)
        assert [row["first_response_minutes"] for row in told.of("sla_settings")] == 7 * [60]
        assert read(accounts.open(**changed), told.cursor).of("sla_settings") == []

    def test_rewound_to_an_instant(self, accounts: Accounts, first: Told) -> None:
        since = UNTIL - timedelta(days=10)
        told = read(accounts.open(), accounts.open().cursor_since(since))
        rows = {row["conversation_id"] for row in told.of("conversations")}
        wanted = {
            row["conversation_id"]
            for row in first.of("conversations")
            if row["updated_at"] >= since - timedelta(minutes=5)
        }
        assert rows == wanted
        assert told.cursor == first.cursor

    def test_a_cursor_of_the_future_reads_all_anew(self, accounts: Accounts, first: Told) -> None:
        ahead = {**first.cursor, "updated_at": iso_utc(UNTIL + timedelta(days=400))}
        same(read(accounts.open(), ahead), first)

    def test_our_clock_going_wrong_loses_nothing(
        self, accounts: Accounts, simulator: SimulatorHandle, world: World
    ) -> None:
        """A day ahead: what Chatwoot will date earlier than that is told by the next read."""
        simulator.set_clock(UNTIL - timedelta(days=2))
        ahead = FixedClock(UNTIL + timedelta(days=1))
        before = read(accounts.open(clock=ahead))
        assert before.reached is not None
        assert before.reached.complete_through == UNTIL - timedelta(days=2)
        simulator.set_clock(UNTIL)
        later = read(accounts.open(clock=ahead), before.cursor)
        rows = merged(before, later, key="conversation_id", thing="conversations")
        assert sorted(rows) == [number for number, _ in Expected.of(world, UNTIL).cases]


class TestStops:
    def test_stopped_at_every_event_the_next_read_is_whole(self, accounts: Accounts) -> None:
        """Nothing outside of what was told is remembered, so a stop costs only the calls."""
        shop = "nordkurve-teile"
        whole = read(accounts.open(shop))
        events = list(accounts.open(shop).read(None, SilentProgress()))
        for stop in range(1, len(events)):
            begun = accounts.open(shop).read(None, SilentProgress())
            for _ in range(stop):
                next(begun)
            begun.close()
        same(read(accounts.open(shop)), whole)

    def test_stopped_on_any_page_of_a_later_read(
        self, accounts: Accounts, simulator: SimulatorHandle
    ) -> None:
        shop = "nordkurve-teile"
        simulator.set_clock(UNTIL - timedelta(days=30))
        before = read(accounts.open(shop))
        simulator.set_clock(UNTIL)
        whole = read(accounts.open(shop), before.cursor)
        for stop in (1, 4, 7):
            begun = accounts.open(shop).read(before.cursor, SilentProgress())
            for _ in range(stop):
                next(begun)
        same(read(accounts.open(shop), before.cursor), whole)


class TestDeletions:
    def test_a_deleted_conversation_gets_its_tombstone(
        self, accounts: Accounts, first: Told
    ) -> None:
        for number in (3, 12):
            accounts.switch("deletions", shop=SHOP_ID, conversation=number)
        told = read(accounts.open(), first.cursor)
        assert told.deleted["chatwoot_conversations"] == [3, 12]
        assert told.cursor["conversations"] == f"{len(first.of('conversations')) - 2}/40"
        assert read(accounts.open(), told.cursor).deleted == {}

    def test_an_agent_does_not_take_what_it_cannot_see_for_deleted(
        self, accounts: Accounts, first: Told
    ) -> None:
        as_agent = {"api_access_token": "cw_simulated_agent_hot_rod_an"}
        before = read(accounts.open(**as_agent))
        accounts.switch("deletions", shop=SHOP_ID, conversation=3)
        assert read(accounts.open(**as_agent), before.cursor).deleted == {}

    def test_an_agent_who_left(self, accounts: Accounts, first: Told) -> None:
        cursor = {**first.cursor, "chatwoot_agents": "99 " + first.cursor["chatwoot_agents"]}
        assert read(accounts.open(), cursor).deleted == {"chatwoot_agents": [99]}


class TestRefetching:
    def test_a_conversation_comes_whole(self, accounts: Accounts, first: Told) -> None:
        rated = first.of("csat")[0]["conversation_id"]
        told = gathered(accounts.open().refetch(CONVERSATIONS.raw, [str(rated)], SilentProgress()))
        for thing in ("conversations", "messages", "reporting_events", "csat", "applied_slas"):
            wanted = [row for row in first.of(thing) if row["conversation_id"] == rated]
            assert in_order(told.of(thing)) == in_order(wanted), thing
            assert wanted, thing

    def test_a_message_that_could_not_be_read_brings_its_conversation(
        self, accounts: Accounts
    ) -> None:
        told = gathered(accounts.open().refetch(MESSAGES.raw, ["4:40002"], SilentProgress()))
        assert [row["conversation_id"] for row in told.of("conversations")] == [4]

    def test_what_is_gone_is_told_deleted(self, accounts: Accounts, first: Told) -> None:
        contact = first.of("contacts")[0]["contact_id"]
        accounts.switch("deletions", shop=SHOP_ID, conversation=5, contact=contact)
        connector = accounts.open()
        tables = {table.name: table for table in connector.tables}
        for name, wanted in (("conversations", 5), ("contacts", contact)):
            table = tables[f"chatwoot_{name}"]
            told = gathered(connector.refetch(table, [str(wanted)], SilentProgress()))
            assert told.deleted == {table.name: [wanted]}

    def test_a_contact(self, accounts: Accounts, first: Told) -> None:
        connector = accounts.open()
        table = next(table for table in connector.tables if table.name == "chatwoot_contacts")
        wanted = first.of("contacts")[2]
        told = gathered(connector.refetch(table, [str(wanted["contact_id"])], SilentProgress()))
        assert told.of("contacts") == [wanted]


def test_the_ids_of_a_day_are_found_in_few_pages(
    accounts: Accounts, world: World, first: Told
) -> None:
    days = Counter(
        local_day(row["created_at"], "America/Chicago") for row in first.of("conversations")
    )
    for day in [
        *days,
        parse_iso("2026-11-19T12:00Z").date(),
        parse_iso("2020-01-01T00:00Z").date(),
    ]:
        accounts.calls.clear()
        found = accounts.open().ids_of_day(CONVERSATIONS.raw, day)
        assert len(found) == len(set(found)) == days[day]
        assert len(accounts.calls) < 6


def test_every_batch_is_told_with_its_table(accounts: Accounts) -> None:
    events = accounts.open("kanto-garage").read(None, SilentProgress())
    assert {event.table.name for event in events if isinstance(event, Rows)} >= {
        "chatwoot_conversations",
        "chatwoot_messages",
    }
