"""What could not be read is asked for again, and leaves the list only once it was read."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError, NotFoundError, UnavailableError
from hotdash.base.progress import Progress, SilentProgress
from hotdash.connectors.contract import (
    Connector,
    Cursor,
    Drift,
    DriftKind,
    Event,
    RawTable,
    Unreadable,
)
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.quarantine_asked import enqueue_retry, retries_of, retry_document
from hotdash.jobs.queue import Lane
from hotdash.jobs.refresh import RefreshContext
from hotdash.jobs.retry_quarantine import (
    RetryRequest,
    retry_in_run,
)
from hotdash.jobs.worker import Worker
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.pipeline.quality.waiting import waiting_records
from hotdash.storage.appdb.repositories import runs
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.drifts import list_drifts
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.quarantine import Chosen
from tests.fixtures.engines import engine, warehouse, warehouse_url
from tests.fixtures.shops import SeededShop
from tests.fixtures.told_connector import DAYS, NOW, ORDERS, ToldConnector, days, reached, rows

__all__ = ["engine", "warehouse", "warehouse_url"]
A_DAY = date(2026, 11, 18)


@dataclass
class Mending(ToldConnector):
    """Once mended, it answers for each id it is asked for."""

    is_mended: bool = False
    changes: Sequence[Event] = ()
    asked: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    rewound: list[datetime] = field(default_factory=list)

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        self.asked.append((table.name, list(vendor_ids)))
        yield from self.changes
        later = NOW + timedelta(hours=2)
        for vendor_id in vendor_ids:
            if self.is_mended:
                yield rows(table, {"order_id": int(vendor_id)}, at=later)
            else:
                yield Unreadable(table, "total: 'abc' is bad", "{}", later, vendor_id)

    def cursor_since(self, since: datetime) -> Cursor:
        self.rewound.append(since)
        return {"updated_at": since.isoformat()}


def unreadable(vendor_id: str | None, table: RawTable = ORDERS) -> Unreadable:
    return Unreadable(table, "total: 'abc' is bad", f"{{{vendor_id}}}", NOW, vendor_id)


@dataclass
class Desk:
    work: RefreshContext
    connector: Mending

    def read(self, *events: Event) -> None:
        self.connector.reads.append([*events, reached()])
        work = self.work
        ingest = Ingest(work.warehouse, work.clock, SilentProgress(), work.home / "dlt", "run")
        ingest.read(self.connector, "hot-rod-an")

    def retry(self, chosen: Chosen | None = None) -> dict[str, object]:
        request = RetryRequest(chosen or Chosen())
        assert isinstance(self.work.clock, FixedClock)
        self.work.clock.advance(timedelta(hours=1))
        return dict(retry_in_run(self.work, SilentProgress(), request))

    def waiting(self) -> set[str | None]:
        tables = self.connector.tables
        return {each.vendor_id for each in waiting_records(self.work.warehouse, tables)}


@pytest.fixture
def desk(
    warehouse: Warehouse, database: Database, two_shops: tuple[SeededShop, ...], tmp_path: Path
) -> Desk:
    connector = Mending([])
    work = RefreshContext(
        database=database,
        warehouse=warehouse,
        connectors={"hot-rod-an": [connector]},
        home=tmp_path,
        clock=FixedClock(NOW),
        fresh_soft=timedelta(hours=1),
        fresh_hard=timedelta(hours=24),
        publication_keep=timedelta(days=7),
    )
    return Desk(work, connector)


def test_entities_are_asked_for_by_their_ids_and_what_came_is_resolved(desk: Desk) -> None:
    desk.read(rows(ORDERS, {"order_id": 1}), unreadable("2"), unreadable("3"))
    assert desk.retry()["resolved"] == 0
    assert desk.waiting() == {"2", "3"}, "asked again and still unreadable"
    desk.connector.is_mended = True
    told = desk.retry(Chosen(record=_id_of(desk, "2")))
    assert (told["asked"], told["resolved"], told["waiting"]) == (1, 1, 0)
    assert desk.connector.asked[-1] == ("told_orders", ["2"])
    assert desk.waiting() == {"3"}
    desk.retry()
    assert desk.waiting() == set()
    with pytest.raises(NotFoundError, match="Nothing in quarantine"):
        desk.retry()


def test_put_in_line_in_the_web_a_worker_asks_again(desk: Desk) -> None:
    desk.read(rows(ORDERS, {"order_id": 1}), unreadable("2"), unreadable("3"))
    desk.connector.is_mended = True
    work, source = desk.work, desk.connector.vendor
    asked = (work.database, work.clock, "hot-rod-an", source, _id_of(desk, "2"))
    job_id = enqueue_retry(*asked, actor="user:7")
    with pytest.raises(ConflictError, match="already"):
        enqueue_retry(*asked, actor="user:7")
    context = JobContext(work.database, work.clock, lambda: nullcontext(work), {})
    Worker(context, set(Lane), "1").carry_out(job_id)
    with work.database.jobs() as session:
        [job] = retries_of(session, "hot-rod-an", source)
        told = retry_document(session, job)
        actions = [each.action for each in list_events(session, "hot-rod-an")]
    assert (told["state"], told["error"]) == ("completed", None)
    assert (told["outcome"]["asked"], told["outcome"]["resolved"]) == (1, 1)
    assert desk.waiting() == {"3"}
    assert actions == ["retry_quarantine"]


def test_slices_are_read_again_from_their_day_on_wherever_it_begins(desk: Desk) -> None:
    desk.read(days(A_DAY), unreadable(A_DAY.isoformat(), DAYS))
    desk.connector.reads.append([days(A_DAY), reached()])
    told = desk.retry()
    assert (told["asked"], told["resolved"]) == (1, 1)
    assert desk.connector.asked == []
    [since] = desk.connector.rewound
    assert since.isoformat() == "2026-11-17T10:00:00+00:00"


def test_what_changed_meanwhile_is_kept_by_either_way(desk: Desk) -> None:
    """The project's folder is a file here: without lineage a drift is kept all the same, and soon."""
    (desk.work.home / "dbt").write_text("")
    desk.read(rows(ORDERS, {"order_id": 1}), unreadable("2"))
    desk.read(days(A_DAY), unreadable(A_DAY.isoformat(), DAYS))
    desk.connector.changes = [Drift(ORDERS, DriftKind.RETYPED, "total", "total is text now", NOW)]
    drift = Drift(DAYS, DriftKind.ADDED, "mood", "mood is new", NOW)
    desk.connector.reads.append([days(A_DAY), drift, reached()])
    desk.retry()
    with desk.work.database.jobs() as session:
        found = {(each.table_name, each.field) for each in list_drifts(session)}
    assert found == {("told_orders", "total"), ("told_days", "mood")}


def test_what_has_no_id_is_left_with_the_mend(desk: Desk) -> None:
    desk.read(unreadable(None))
    told = desk.retry()
    assert told["asked"] == 0
    assert "--reread" in str(told["left"])
    assert desk.connector.asked == []


@dataclass
class Down(Mending):
    vendor: str = "down"

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        raise UnavailableError("The vendor is down.", hint="Wait.")
        yield


def test_one_sources_failure_holds_up_no_other(desk: Desk) -> None:
    desk.read(unreadable("2"))
    down = Down([])
    broken = replace(desk, connector=down)
    broken.read(unreadable("7"))
    desk.connector.is_mended = True
    sources: list[Connector] = [down, desk.connector]
    both = replace(desk, work=replace(desk.work, connectors={"hot-rod-an": sources}))
    told = both.retry()
    assert told["resolved"] == 1
    assert "The vendor is down" in str(told["errors"])
    assert desk.waiting() == {"7"}
    with desk.work.database.jobs() as session:
        [run] = runs.latest_runs(session, 5)
    assert (run.kind, run.status) == ("retry_quarantine", "completed")


def _id_of(desk: Desk, vendor_id: str) -> str:
    records = waiting_records(desk.work.warehouse, desk.connector.tables)
    return next(each.record_id for each in records if each.vendor_id == vendor_id)
