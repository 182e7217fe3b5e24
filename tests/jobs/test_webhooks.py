"""Waiting webhooks and the runs that drain them: lost, killed, failed, forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from hotdash.simulators.orders import epoch
from hotdash.simulators.shopify.webhooks import Mischief, Sent, deliveries, happenings_between
from hotdash.simulators.world import World
from hotdash.storage.appdb.models import WebhookDelivery
from hotdash.storage.appdb.repositories import inbox
from hotdash.storage.appdb.repositories.drifts import list_drifts
from hotdash.storage.appdb.session import Database
from tests.fixtures.fork_server import ForkServer, Kill, forking
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle
from tests.fixtures.webhook_house import TickingClock, WebhookHouse

BEGAN = UNTIL - timedelta(days=12)
MARK = "hotdash.storage.appdb.repositories.inbox:mark_applied"


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    yield from forking("tests.fixtures.webhook_runs", "dlt.destinations.impl.duckdb.duck")


@pytest.fixture
def house(simulator: SimulatorHandle, database: Database, tmp_path: Path) -> WebhookHouse:
    """Read whole twelve days ago."""
    simulator.set_clock(BEGAN)
    shop = simulator.shops[SHOP_ID]
    house = WebhookHouse(database, tmp_path, shop, TickingClock(simulator))
    house.connect()
    house.sync()
    simulator.set_clock(UNTIL)
    return house


@pytest.fixture
def sent(world: World) -> list[Sent]:
    """What has happened since, once and in order."""
    of_shop = world.of(SHOP_ID)
    told = happenings_between(of_shop, epoch(BEGAN), epoch(UNTIL))
    return deliveries(of_shop.shop, told, Mischief())


def waiting(house: WebhookHouse) -> list[WebhookDelivery]:
    with house.database.jobs() as session:
        return session.query(WebhookDelivery).filter(WebhookDelivery.applied_at.is_(None)).all()


def all_kept(house: WebhookHouse) -> list[WebhookDelivery]:
    with house.database.jobs() as session:
        return session.query(WebhookDelivery).all()


class TestARun:
    def test_takes_what_waits_and_says_with_which_load(
        self, house: WebhookHouse, sent: list[Sent]
    ) -> None:
        house.deliver(sent)
        detail = house.sync()
        assert detail["webhooks"] == len(sent) > 20
        assert waiting(house) == []
        assert {kept.load_id for kept in all_kept(house)} == {detail["load_id"]}
        assert house.sync()["webhooks"] == 0

    def test_finds_what_no_webhook_told(self, house: WebhookHouse, sent: list[Sent]) -> None:
        """A delivery that is lost for good is made up for by the next reading."""
        lost = sent[::3]
        house.deliver([each for each in sent if each not in lost])
        house.apply()
        before = house.state()
        house.sync()
        after = house.state()
        assert before != after
        whole = WebhookHouse(house.database, house.home / "whole", house.shop, house.clock)
        whole.sync()
        assert after == whole.state()

    @pytest.mark.law(2)
    def test_killed_before_it_noted_them_reads_them_once_more(
        self,
        house: WebhookHouse,
        sent: list[Sent],
        forks: ForkServer,
        database_urls: DatabaseUrls,
    ) -> None:
        house.deliver(sent)
        asked = {
            "shop": house.shop,
            "now": iso_utc(UNTIL),
            "home": str(house.home),
            "database_url": database_urls.owner,
        }
        run = "tests.fixtures.webhook_runs:sync_once"
        killed = forks.call(run, kill=Kill(MARK, "before", 1), **asked)
        assert killed.was_killed
        assert len(waiting(house)) == len(sent)
        loaded = house.state()
        again = forks.call(run, **asked)
        assert again.error is None
        assert again.result["webhooks"] == len(sent)
        assert waiting(house) == []
        assert house.state() == loaded

    def test_that_fails_leaves_them_waiting(
        self, house: WebhookHouse, sent: list[Sent], simulator: SimulatorHandle
    ) -> None:
        house.deliver(sent)
        simulator.set_token(SHOP_ID, None)
        assert house.sync()["status"] == "failed"
        told = house.apply()
        assert told is not None
        assert (told["status"], told["code"]) == ("failed", "shopify_access")
        assert len(waiting(house)) == len(sent)


class TestTheQuickWay:
    def test_reads_only_what_was_told(self, house: WebhookHouse, sent: list[Sent]) -> None:
        first = next(each for each in sent if each.topic == "orders/create")
        house.deliver([first])
        warehouse = house.open_warehouse()
        told = house.application(warehouse).apply_all({SHOP_ID: [house.connector()]})
        warehouse.close()
        detail = told[SHOP_ID]["shopify"]
        assert detail["rows"]["shopify_orders"] == 1
        assert detail["webhooks"] == 1

    def test_keeps_what_it_sees_change(
        self, house: WebhookHouse, sent: list[Sent], simulator: SimulatorHandle
    ) -> None:
        """The project's folder is a file here: without lineage a drift is kept all the same, and soon."""
        (house.home / "dbt").write_text("")
        simulator.fault("drift", field="Order.totalPriceSet", value="abc", every=1)
        house.deliver([next(each for each in sent if each.topic == "orders/create")])
        house.apply()
        with house.database.jobs() as session:
            [drift] = list_drifts(session)
        assert (drift.table_name, drift.field) == ("shopify_orders", "totalPriceSet")

    def test_does_nothing_where_nothing_waits(self, house: WebhookHouse) -> None:
        assert house.apply() is None

    def test_waits_for_the_first_reading(
        self, simulator: SimulatorHandle, database: Database, tmp_path: Path, sent: list[Sent]
    ) -> None:
        shop = simulator.shops[SHOP_ID]
        house = WebhookHouse(database, tmp_path, shop, TickingClock(simulator))
        house.connect()
        house.deliver(sent[:3])
        assert house.apply() is None
        assert len(waiting(house)) == 3


class TestForgetting:
    def test_after_seven_days_what_was_applied(self, house: WebhookHouse, sent: list[Sent]) -> None:
        house.deliver(sent[:4])
        house.apply()
        house.deliver(sent[4:6])
        week_later = UNTIL + timedelta(days=7, minutes=1)
        with house.database.jobs() as session:
            assert inbox.forget_applied(session, UNTIL - timedelta(minutes=1)) == 0
            assert inbox.forget_applied(session, week_later - timedelta(days=7)) == 4
        assert len(waiting(house)) == len(all_kept(house)) == 2
