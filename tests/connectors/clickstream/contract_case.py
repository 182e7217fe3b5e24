"""The click collector before the examiners: a folder of click files, and the spool of a real app database."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.connectors.contract_suite.case import Account
from hotdash.connectors.registry import spec_of
from hotdash.connectors.spec import Access, ConnectorSpec
from hotdash.simulators.clickstream.click_files import write_csv
from hotdash.simulators.clickstream.visits import Touch, touches
from hotdash.simulators.orders import epoch, instant
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.click_spool import ClickSpool
from hotdash.storage.appdb.repositories import clicks
from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded import EmbeddedPostgres
from tests.fixtures.postgres import NOT_DURABLE, new_home
from tests.fixtures.shops import add_shop
from tests.fixtures.simulated_case import BEGINS, simulated_world

WORLDS_SHOP = "kanto-garage"
ORIGIN = "https://www.kanto-garage.example"
SPOOLED_FOR = timedelta(days=60)


@dataclass
class ClickAccount:
    """Files tell of the clicks of even seconds, the pixel of the others; each reset is a shop of its own."""

    database: Database
    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(BEGINS))
    shops: int = 0

    @property
    def spool(self) -> ClickSpool:
        return ClickSpool(self.database, f"{WORLDS_SHOP}-{self.shops}")

    def access(self) -> Access:
        fields = {"origins": ORIGIN, "files": str(self.folder)}
        return Access(self.spool.shop_id, fields, self.clock, stores={"clicks": self.spool})

    def advance(self) -> None:
        before = self.clock.now()
        self.clock.advance(timedelta(days=1, hours=7))
        self._write()
        self._click(before)

    def fault(self, kind: str, *, times: int | None = None, share: float = 1.0) -> None:
        del times, share
        if kind == "no_place":
            shutil.rmtree(self.folder)
        elif kind == "vanished":
            max(self.folder.iterdir()).unlink()
        else:
            assert kind == "unreadable", kind
            max(self.folder.iterdir()).write_bytes(b"\0\xff no CSV")

    def reset(self) -> None:
        self.clock, self.shops = FixedClock(BEGINS), self.shops + 1
        with self.database.jobs() as session:
            add_shop(session, self.spool.shop_id)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._write()
        self._click(BEGINS - SPOOLED_FOR)

    def expected(self) -> Mapping[str, int]:
        """Counted in the visits themselves."""
        spooled = _pixels(BEGINS - SPOOLED_FOR, BEGINS)
        robots = {instant(each.at).date() for each in spooled if each.is_robot}
        people = sum(not each.is_robot for each in spooled)
        return {
            "clickstream_touches": people + len(_filed(BEGINS)),
            "clickstream_counts": len(robots),
        }

    def _write(self) -> None:
        self.folder.mkdir(exist_ok=True)
        months: dict[str, list[Touch]] = {}
        for touch in _filed(self.clock.now()):
            months.setdefault(f"{instant(touch.at):%Y-%m}", []).append(touch)
        for month, found in months.items():
            write_csv(found, self.folder / f"clicks-{month}.csv")

    def _click(self, since: datetime) -> None:
        key = self.spool.register([ORIGIN])
        days: dict[Any, list[Touch]] = {}
        for touch in _pixels(since, self.clock.now()):
            days.setdefault(instant(touch.at).date(), []).append(touch)
        for found in days.values():
            events = [_event(touch) for touch in found if not touch.is_robot]
            counts = Counter("bot" for touch in found if touch.is_robot)
            with self.database.glance() as connection:
                clicks.keep_clicks(connection, key, instant(found[-1].at), events, counts)


def _pixels(since: datetime, until: datetime) -> list[Touch]:
    return [touch for touch in _touches(since, until) if touch.at % 2]


def _filed(until: datetime) -> list[Touch]:
    opened = instant(simulated_world().of(WORLDS_SHOP).opened)
    found = _touches(opened, until)
    return [touch for touch in found if touch.at % 2 == 0 and not touch.is_robot]


def _touches(since: datetime, until: datetime) -> list[Touch]:
    """After one instant up to another, each once, in the order of time."""
    found = touches(simulated_world().of(WORLDS_SHOP), epoch(since) + 1, epoch(until))
    once = {touch.event_id: touch for touch in found}
    return sorted(once.values(), key=lambda touch: (touch.at, touch.event_id))


def _event(touch: Touch) -> dict[str, str]:
    told = {
        "event_id": touch.event_id,
        "event_type": touch.event_type,
        "occurred_at": iso_utc(instant(touch.at)),
        "visitor_id": touch.visitor,
        "session_id": touch.session,
        "origin": "pixel",
    }
    return told | ({"order_id": str(touch.order_id)} if touch.order_id else {})


@dataclass(frozen=True)
class ClickCase:
    told_apart: frozenset[str] = frozenset()
    told_of_us: frozenset[str] = frozenset()
    makes_calls: bool = False

    @property
    def spec(self) -> ConnectorSpec:
        return spec_of("clickstream")

    @contextmanager
    def started(self) -> Iterator[Account]:
        server = EmbeddedPostgres(new_home(), options=NOT_DURABLE)
        try:
            urls = server.start()
            database = Database(urls.owner, web_url=urls.web)
            migrate.upgrade(database)
            with tempfile.TemporaryDirectory() as folder:
                yield ClickAccount(database, Path(folder) / "clicks")
            database.dispose()
        finally:
            server.erase()


CONTRACT_CASE = ClickCase()
