"""The spool of clicks: nothing that commits late is read past, nothing is forgotten before its time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from hotdash.storage.appdb.click_spool import ClickSpool, new_site_key
from hotdash.storage.appdb.repositories import clicks
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
KEEP = "select app.keep_clicks(%s, %s, %s, '{}')"


@pytest.fixture
def spool(database: Database, shop: SeededShop) -> ClickSpool:
    return ClickSpool(database, shop.shop_id)


@pytest.fixture
def slow(database_urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """A second web server whose transaction takes its time."""
    with psycopg.connect(database_urls.web) as connection:
        yield connection


def keep(connection: psycopg.Connection, key: str, *names: str, at: datetime = AT) -> int:
    events = json.dumps([{"event_id": name} for name in names])
    row = connection.execute(KEEP, [key, at, events]).fetchone()
    assert row is not None
    return row[0]


def keep_at_once(spool: ClickSpool, key: str, *names: str, at: datetime = AT) -> int:
    with spool.database.glance() as connection:
        return keep(connection, key, *names, at=at)


def drain(spool: ClickSpool, since: int = 0) -> tuple[list[str], int]:
    before = spool.horizon().before
    pages = spool.pages(since, before)
    return [click.event["event_id"] for page in pages for click in page], before


class TestNothingIsReadPast:
    def test_a_number_drawn_early_and_committed_late(
        self, spool: ClickSpool, slow: psycopg.Connection
    ) -> None:
        """The late one has the smaller number: by numbers it would be lost."""
        key = spool.register([])
        keep(slow, key, "late")
        keep_at_once(spool, key, "early")
        first, cursor = drain(spool)
        assert first == []
        assert spool.oldest_left_behind(cursor) == AT
        slow.commit()
        second, cursor = drain(spool, cursor)
        assert sorted(second) == ["early", "late"]
        assert drain(spool, cursor)[0] == []

    def test_a_transaction_that_began_early_and_wrote_late(
        self, spool: ClickSpool, slow: psycopg.Connection
    ) -> None:
        key = spool.register([])
        slow.execute("select pg_current_xact_id()")
        keep_at_once(spool, key, "early")
        _, cursor = drain(spool)
        keep(slow, key, "late")
        slow.commit()
        assert sorted(drain(spool, cursor)[0]) == ["early", "late"]

    def test_each_is_read_exactly_once_while_others_write(
        self, spool: ClickSpool, slow: psycopg.Connection
    ) -> None:
        key, cursor = spool.register([]), 0
        told: list[str] = []
        for number in range(20):
            keep(slow, key, f"slow-{number}")
            keep_at_once(spool, key, f"fast-{number}")
            if number % 3 == 0:
                slow.commit()
            if number % 2 == 0:
                news, cursor = drain(spool, cursor)
                told += news
        slow.commit()
        told += drain(spool, cursor)[0]
        assert sorted(told) == sorted(f"{how}-{n}" for how in ("slow", "fast") for n in range(20))

    def test_page_by_page(self, spool: ClickSpool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hotdash.storage.appdb.click_spool.PAGE", 3)
        key = spool.register([])
        for number in range(4):
            keep_at_once(spool, key, f"{number}a", f"{number}b")
        assert drain(spool)[0] == [f"{n}{letter}" for n in range(4) for letter in "ab"]

    def test_what_was_rolled_back_was_never_there(
        self, spool: ClickSpool, slow: psycopg.Connection
    ) -> None:
        key = spool.register([])
        keep(slow, key, "undone")
        slow.rollback()
        assert drain(spool)[0] == []


class TestWhoseItIs:
    def test_an_unknown_key_keeps_nothing(self, spool: ClickSpool) -> None:
        assert keep_at_once(spool, new_site_key(), "x") == 0

    def test_the_key_stays_and_the_origins_follow(self, spool: ClickSpool) -> None:
        key = spool.register(["https://a.example"])
        assert spool.register(["https://b.example"]) == key
        with spool.database.glance() as connection:
            site = clicks.find_site(connection, key)
        assert site == clicks.Site(spool.shop_id, frozenset({"https://b.example"}))

    def test_the_web_role_cannot_read_the_spool(
        self, spool: ClickSpool, slow: psycopg.Connection
    ) -> None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            slow.execute("select * from app.clicks")

    def test_shops_are_drained_apart(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        ours, theirs = (ClickSpool(database, shop.shop_id) for shop in two_shops)
        keep_at_once(ours, ours.register([]), "same")
        keep_at_once(theirs, theirs.register([]), "same")
        assert drain(ours)[0] == drain(theirs)[0] == ["same"]


class TestForgetting:
    def test_only_what_was_drained_and_only_after_its_time(self, spool: ClickSpool) -> None:
        key = spool.register([])
        keep_at_once(spool, key, "old")
        keep_at_once(spool, key, "young", at=AT + timedelta(days=5))
        _, cursor = drain(spool)
        keep_at_once(spool, key, "old but not drained")
        with spool.database.jobs() as session:
            gone = clicks.forget_clicks(
                session,
                spool.shop_id,
                drained_before=cursor,
                received_before=AT + timedelta(days=3),
            )
        assert gone == 1
        assert sorted(drain(spool)[0]) == ["old but not drained", "young"]
