"""Every call is written down, counted exactly, forgotten in time, and never in a sync's way."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import select

from hotdash.base.clock import FixedClock
from hotdash.base.http import Call
from hotdash.base.ids import new_id
from hotdash.jobs.record_calls import KEPT, PATIENCE_SECONDS, CallRecorder, tidy_calls
from hotdash.storage.appdb.models import ApiCall
from hotdash.storage.appdb.repositories.api_calls import (
    CallHour,
    CallRecord,
    call_hours,
    retries_of_run,
    retries_of_shop,
    roll_up_calls,
    save_calls,
)
from hotdash.storage.appdb.repositories.runs import start_run
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop
from tests.fixtures.simulator import Connecting, SimulatorHandle
from tests.fixtures.told_events import read

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CALL = Call("shopify", "OrdersPage", "hot-rod-an.myshopify.com", "ok", 0.25, 0, 12, 0.5)
LOCKED = "lock table app.api_calls in access exclusive mode"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def recorder(database: Database, clock: FixedClock) -> Iterator[CallRecorder]:
    recorder = CallRecorder(database, clock, pause=0.05)
    yield recorder
    recorder.close()


def stored(database: Database) -> list[CallRecord]:
    with database.jobs() as session:
        found = session.scalars(select(ApiCall).order_by(ApiCall.call_id)).all()
        return [
            CallRecord(
                *(row.shop_id, row.at, row.run_id, row.vendor, row.operation, row.status),
                *(row.seconds, row.retries, row.cost, row.throttle),
            )
            for row in found
        ]


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def waiting_for_lock(database: Database) -> list[int]:
    with database.direct() as connection:
        found = connection.execute(
            "select pid from pg_locks where not granted and relation = 'app.api_calls'::regclass"
        ).fetchall()
    return [int(pid) for (pid,) in found]


class TestWriting:
    def test_a_call_is_kept_with_our_shop_and_its_run(
        self, recorder: CallRecorder, database: Database, shop: SeededShop, clock: FixedClock
    ) -> None:
        run_id = new_id()
        observe = recorder.observer(shop.shop_id)
        observe(CALL)
        recorder.name_run(run_id)
        observe(replace(CALL, status="HTTP 503", retries=2, cost=None, throttle=None))
        assert recorder.flush()
        first, second = stored(database)
        told = (shop.shop_id, clock.now(), None, "shopify", "OrdersPage", "ok", 0.25, 0, 12, 0.5)
        assert first == CallRecord(*told)
        assert (second.run_id, second.status, second.retries) == (run_id, "HTTP 503", 2)

    def test_without_anybody_asking_it_is_written_soon(
        self, recorder: CallRecorder, database: Database, shop: SeededShop
    ) -> None:
        recorder.observer(shop.shop_id)(CALL)
        until(lambda: bool(stored(database)))
        assert len(stored(database)) == 1

    def test_every_call_of_a_real_read_under_faults(
        self,
        recorder: CallRecorder,
        database: Database,
        shop: SeededShop,
        connecting: Connecting,
        simulator: SimulatorHandle,
    ) -> None:
        for kind in ("server_error", "reset", "throttled", "internal_error"):
            simulator.fault(kind, share=0.05)
        seen: list[Call] = []
        keep = recorder.observer(shop.shop_id)

        def observe(call: Call, /) -> None:
            seen.append(call)
            keep(call)

        run_id = new_id()
        recorder.name_run(run_id)
        read(connecting.connector(shop.shop_id, observe=observe))
        assert recorder.flush()
        kept = stored(database)
        assert [(c.operation, c.status, c.retries) for c in kept] == [
            (c.operation, c.status, c.retries) for c in seen
        ]
        assert simulator.calls()["graphql"] == sum(
            each.status != "connection refused" and each.operation != "Download" for each in kept
        )
        with database.jobs() as session:
            [of_run] = retries_of_run(session, run_id)
            assert retries_of_shop(session, shop.shop_id, LONG_AGO) == [of_run]
            assert retries_of_run(session, new_id()) == []
        assert of_run.domain == "hot-rod-an.myshopify.com"
        assert of_run.calls == len(seen)
        assert of_run.retried == sum(call.retries > 0 for call in seen) > 0
        assert of_run.failed == sum(call.status != "ok" for call in seen)

    def test_a_shop_that_is_not_ours_holds_up_nobody(
        self, recorder: CallRecorder, database: Database, shop: SeededShop
    ) -> None:
        recorder.observer("gone")(CALL)
        recorder.observer(shop.shop_id)(CALL)
        assert recorder.flush()
        assert [call.shop_id for call in stored(database)] == [shop.shop_id]

    def test_a_call_no_table_can_hold_holds_up_nobody(
        self, recorder: CallRecorder, database: Database, shop: SeededShop
    ) -> None:
        observe = recorder.observer(shop.shop_id)
        for cost in (1, 2**70, 3):
            observe(replace(CALL, cost=cost))
        observe(replace(CALL, status="odd \x00 \ud800", cost=4))
        assert recorder.flush()
        assert [call.cost for call in stored(database)] == [1, 3, 4]


class TestNeverInTheWay:
    def test_a_database_that_hangs_slows_nothing_and_loses_nothing(
        self,
        recorder: CallRecorder,
        database: Database,
        database_urls: DatabaseUrls,
        shop: SeededShop,
    ) -> None:
        observe = recorder.observer(shop.shop_id)
        with ThreadPoolExecutor(1) as sync, psycopg.connect(database_urls.owner) as other:
            other.execute(LOCKED)
            observed = sync.submit(lambda: [observe(CALL) for _ in range(1000)])
            assert len(observed.result(timeout=60)) == 1000
            assert other.info.transaction_status is TransactionStatus.INTRANS, "still locked"
            began = time.monotonic()
            assert recorder.flush(patience=0.2) is False
            assert time.monotonic() - began < PATIENCE_SECONDS
        assert recorder.flush()
        assert len(stored(database)) == 1000

    def test_an_attempt_that_was_under_way_and_failed_is_followed_by_another(
        self,
        recorder: CallRecorder,
        database: Database,
        database_urls: DatabaseUrls,
        shop: SeededShop,
    ) -> None:
        with ThreadPoolExecutor(1) as sync, psycopg.connect(database_urls.owner) as other:
            other.execute(LOCKED)
            recorder.observer(shop.shop_id)(CALL)
            until(lambda: bool(waiting_for_lock(database)))
            flushed = sync.submit(recorder.flush, 60)
            until(lambda: recorder._is_hurried)  # pyright: ignore[reportPrivateUsage]
            other.execute("select pg_terminate_backend(%s)", [waiting_for_lock(database)[0]])
            other.rollback()
            assert flushed.result() is True
        assert len(stored(database)) == 1

    def test_a_database_that_is_gone_is_waited_for(
        self, database: Database, database_urls: DatabaseUrls, shop: SeededShop, clock: FixedClock
    ) -> None:
        """The table's name stands for the server: without it nothing can be written."""
        recorder = CallRecorder(database, clock, pause=0.02)
        with psycopg.connect(database_urls.owner, autocommit=True) as other:
            other.execute("alter table app.api_calls rename to elsewhere")
            recorder.observer(shop.shop_id)(CALL)
            assert recorder.flush() is False
            other.execute("alter table app.elsewhere rename to api_calls")
        assert recorder.flush()
        recorder.close()
        assert len(stored(database)) == 1

    def test_closing_writes_what_waits_and_ends_also_when_nothing_can_be_written(
        self, database: Database, shop: SeededShop, clock: FixedClock
    ) -> None:
        recorder = CallRecorder(database, clock, pause=60)
        recorder.observer(shop.shop_id)(CALL)
        recorder.close()
        assert len(stored(database)) == 1
        nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
        lost = CallRecorder(nowhere, clock, pause=60)
        lost.observer(shop.shop_id)(CALL)
        began = time.monotonic()
        lost.close()
        assert time.monotonic() - began < 4


class TestHours:
    @pytest.fixture
    def calls(self, two_shops: tuple[SeededShop, SeededShop]) -> list[CallRecord]:
        chance = Random(3)
        return [
            CallRecord(
                chance.choice(two_shops).shop_id,
                NOW - timedelta(minutes=chance.randrange(3000)),
                None,
                chance.choice(("shopify", "meta_ads")),
                chance.choice(("read", "count")),
                chance.choice(("ok", "ok", "ok", "throttled", "HTTP 429", "HTTP 503")),
                chance.random(),
                chance.choice((0, 0, 0, 1, 2)),
                chance.choice((None, 5, 7)),
            )
            for _ in range(2000)
        ]

    def by_hand(self, calls: list[CallRecord]) -> list[CallHour]:
        groups: dict[tuple[str, str, str, datetime], list[CallRecord]] = {}
        for call in calls:
            hour = call.at.replace(minute=0, second=0, microsecond=0)
            groups.setdefault((call.shop_id, call.vendor, call.operation, hour), []).append(call)
        return [
            CallHour(
                *key,
                len(group),
                sum(call.status != "ok" for call in group),
                sum(call.retries > 0 for call in group),
                sum(call.status in ("throttled", "HTTP 429") for call in group),
                pytest.approx(sum(call.seconds for call in group)),
                max(call.seconds for call in group),
                sum(call.cost or 0 for call in group),
            )
            for key, group in groups.items()
        ]

    def counted(self, database: Database, calls: list[CallRecord]) -> list[CallHour]:
        with database.jobs() as session:
            return [
                hour
                for shop_id in sorted({call.shop_id for call in calls})
                for hour in call_hours(session, shop_id, LONG_AGO)
            ]

    def same(self, found: list[CallHour], wanted: list[CallHour]) -> bool:
        def place(hour: CallHour) -> tuple[str, datetime, str, str]:
            return (hour.shop_id, hour.hour, hour.vendor, hour.operation)

        return sorted(found, key=place) == sorted(wanted, key=place)

    def test_are_what_counting_by_hand_gives_and_stay_so(
        self, database: Database, calls: list[CallRecord]
    ) -> None:
        early, late = calls[:1500], calls[1500:]
        with database.jobs() as session:
            save_calls(session, early)
            roll_up_calls(session)
        for _ in range(2):
            assert self.same(self.counted(database, early), self.by_hand(early))
            with database.jobs() as session:
                roll_up_calls(session)
        recent = [call for call in late if call.at > NOW - timedelta(hours=24)]
        with database.jobs() as session:
            save_calls(session, recent)
            roll_up_calls(session)
        assert self.same(self.counted(database, calls), self.by_hand([*early, *recent]))

    def test_outlive_the_calls_they_count(
        self, database: Database, calls: list[CallRecord]
    ) -> None:
        with database.jobs() as session:
            save_calls(session, calls)
        before = Counter(call.at < NOW - timedelta(hours=20) for call in calls)
        clock = FixedClock(NOW - timedelta(hours=20) + KEPT)
        assert tidy_calls(database, clock)["forgotten"] == before[True]
        assert len(stored(database)) == before[False]
        clock.advance(KEPT)
        tidy_calls(database, clock)
        assert stored(database) == []
        assert self.same(self.counted(database, calls), self.by_hand(calls))

    def test_no_hour_is_let_go_of_in_part(self, database: Database, shop: SeededShop) -> None:
        at = [NOW + timedelta(minutes=minute) for minute in (0, 29, 59)]
        calls = [CallRecord(shop.shop_id, each, None, "v", "o", "ok", 1.0, 0) for each in at]
        with database.jobs() as session:
            save_calls(session, calls)
        tidy_calls(database, FixedClock(NOW + KEPT + timedelta(minutes=30)))
        assert len(stored(database)) == 3


def test_a_run_is_named_while_it_lasts(
    recorder: CallRecorder, database: Database, shop: SeededShop
) -> None:
    run_id = new_id()
    with database.jobs() as session:
        start_run(session, run_id, "duckdb:x", "refresh", (shop.shop_id,), NOW)
    recorder.name_run(run_id)
    recorder.observer(shop.shop_id)(CALL)
    recorder.name_run(None)
    recorder.observer(shop.shop_id)(CALL)
    recorder.flush()
    assert [call.run_id for call in stored(database)] == [run_id, None]
