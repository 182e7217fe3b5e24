"""A log's windows and runs as facts: each once, whatever is read again, and long ones are told."""

import gzip
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.decisions.facts.types import SCHEMAS, FactType, metadata_of
from hotdash.decisions.mirror.event_log import NAME
from hotdash.jobs.job_context import Hooks, JobContext, Watched, WatchKind
from hotdash.jobs.keep_analysis import keep_analysis
from hotdash.jobs.mirror import MirrorDesk
from hotdash.jobs.watch import WINDOWS_TOLD_FOR, watch
from hotdash.storage.appdb.repositories.facts import FactRecord, list_facts
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from tests.fixtures.shops import SeededShop
from tests.fixtures.sync_log import Planted, SyncLog, after, write_lines
from tests.fixtures.working import no_warehouse

ROD = "hot-rod-an"
LONG = Planted("shop", ROD, after(10), after(25), density=1.0)
SHORT = Planted("shop", ROD, after(40), after(44), density=1.0)
LOG = SyncLog(1, [LONG, SHORT], (ROD, "not-ours"), ("run-a", "run-b"), hours=1, calls_per_minute=60)
JOB = JobRecord(new_id(), "sync_analysis", "", (), {}, "tests", after(0), "running")
ENDED = max(datetime.fromisoformat(line["at"]) for line in LOG.lines())


class House:
    def __init__(self, database: Database, home: Path) -> None:
        self.database, self.home = database, home
        self.clock = FixedClock(ENDED + timedelta(hours=1))
        self.told: list[Watched] = []
        self.desk = MirrorDesk(database, self.clock, Vault.in_home(home), home / "logs")
        self.log = self.desk.log.path
        self.log.parent.mkdir()

    def context(self) -> JobContext:
        hooks = Hooks(tell_watched=self.told.extend)
        asked = (self.database, self.clock, no_warehouse, {})
        return JobContext(*asked, hooks=hooks, home=self.home, mirror=self.desk)

    def keep(self) -> None:
        keep_analysis(self.context(), JOB)

    def facts(self, kind: FactType) -> list[FactRecord]:
        with self.database.jobs() as session:
            return list_facts(session, ROD, fact_type=kind.value)

    def refused(self) -> list[Watched]:
        self.told.clear()
        watch(self.context(), JOB, [])
        return [each for each in self.told if each.kind is WatchKind.REFUSED]


@pytest.fixture
def house(database: Database, shop: SeededShop, tmp_path: Path) -> House:
    assert shop.shop_id == ROD
    return House(database, tmp_path)


def test_windows_and_runs_are_kept_once(house: House) -> None:
    lines = list(LOG.lines())
    write_lines(house.log, lines)
    house.keep()
    short, long = house.facts(FactType.RATE_LIMIT)
    for fact in (short, long, *house.facts(FactType.SYNC)):
        kind = FactType(fact.fact_type)
        assert fact.version == SCHEMAS[kind].version
        assert metadata_of(kind, fact.metadata)
    refused = [
        line
        for line in lines
        if line["shop_id"] == ROD
        and line["http_status"] == 429
        and long.metadata["first_at"][:19] <= line["at"][:19] <= long.metadata["last_at"][:19]
    ]
    assert (long.value, long.metadata["scope"], long.metadata["key"]) == (len(refused), "shop", ROD)
    assert long.metadata["calls"] >= len(refused) > 100
    assert Decimal(long.metadata["density"]) > Decimal("0.95")
    assert len(house.facts(FactType.SYNC)) == 2
    delivered = {
        run: sum(
            line["shop_id"] == ROD and line["job_run_id"] == run and line["status"] == "ok"
            for line in lines
        )
        for run in ("run-a", "run-b")
    }
    assert {fact.metadata["run_id"]: fact.value for fact in house.facts(FactType.SYNC)} == delivered
    house.keep()
    assert len(house.facts(FactType.RATE_LIMIT)) == 2
    assert len(house.facts(FactType.SYNC)) == 2


def test_a_log_that_lost_its_beginning_brings_no_second_one(house: House) -> None:
    lines = list(LOG.lines())
    write_lines(house.log, lines)
    house.keep()
    amid = after(15)
    rest = [line for line in lines if datetime.fromisoformat(line["at"]) > amid]
    write_lines(house.log, rest)
    house.keep()
    assert len(house.facts(FactType.RATE_LIMIT)) == 2


def test_what_may_still_go_on_waits(house: House) -> None:
    """Until five quiet minutes are over: kept earlier, its end would be wrong for ever."""
    begun = [line for line in LOG.lines() if datetime.fromisoformat(line["at"]) < after(20)]
    write_lines(house.log, begun)
    house.clock = FixedClock(after(21))
    house.keep()
    assert house.facts(FactType.RATE_LIMIT) == house.facts(FactType.SYNC) == []


def test_rotated_and_packed_logs_are_read_too(house: House) -> None:
    lines = list(LOG.lines())
    plain = house.home / "plain"
    write_lines(plain, lines[:800])
    house.log.with_name(f"{NAME}.20261120T060000000000Z.ndjson.gz").write_bytes(
        gzip.compress(plain.read_bytes())
    )
    plain.unlink()
    write_lines(house.log, lines[800:])
    house.keep()
    assert len(house.facts(FactType.RATE_LIMIT)) == 2


def test_long_windows_are_told_for_some_hours(house: House) -> None:
    write_lines(house.log, LOG.lines())
    house.keep()
    [told] = house.refused()
    assert told.shops == (ROD,)
    assert "supabase refused calls of this shop for 15 minutes" in told.sentence
    house.clock.advance(WINDOWS_TOLD_FOR)
    assert house.refused() == []
