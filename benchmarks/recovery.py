"""A published million rows backed up, backed up again, proven, restored, and compared table by table."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from benchmarks.figures import Figure
from benchmarks.publish import ROWS, TimedDatabase, published, write_build
from benchmarks.webhooks import postgres
from hotdash.base.clock import FixedClock
from hotdash.governance.backup import app_tables
from hotdash.jobs.backups import BackupDesk
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.marked_builds import SHOPS
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.recovery import ACTOR, AT, SILENT, desk_of
from tests.fixtures.shops import add_shop

Answer = TypeVar("Answer")
_MIB = 1024 * 1024
_TEMPLATE = "bench_template"


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    del orders
    with postgres(folder) as urls:
        own = DatabaseUrls(urls.owner, urls.web)
        with new_database(own, _TEMPLATE) as fresh, new_database(own, "template1") as empty:
            yield from _recovered(folder, fresh, empty)


def _recovered(folder: Path, urls: DatabaseUrls, empty: DatabaseUrls) -> Iterator[Figure]:
    home, database = folder / "home", TimedDatabase(urls.owner)
    clock = FixedClock(AT)
    _publish_a_million(home, database)
    desk = desk_of(home, database, str(folder / "place"), clock)

    made, seconds = _timed(lambda: desk.create(ACTOR, "by hand", SILENT))
    size = f"{ROWS:,} served rows, {made.manifest.size / _MIB:,.0f} MiB with the warehouse"
    written = f"{made.written.bytes / _MIB:,.0f} MiB written"
    yield Figure("backup, the first", size, f"{seconds:.1f} s", "–", written)

    clock.advance(timedelta(hours=1))
    made, seconds = _timed(lambda: desk.create(ACTOR, "by hand", SILENT))
    written = f"{made.written.bytes / _MIB:,.1f} MiB written"
    yield Figure("backup, nothing new", size, f"{seconds:.1f} s", "–", written)

    _, seconds = _timed(lambda: desk.verify(None, None, SILENT))
    yield Figure("verify", size, f"{seconds:.1f} s", "–", "every chunk read, opened and hashed")

    drilled, seconds = _timed(lambda: desk.drill(ACTOR, None, None, SILENT))
    assert drilled.holds, drilled
    remark = f"a Postgres of its own included; {drilled.compared} tables equal"
    yield Figure("restore drill", size, f"{seconds:.1f} s", "–", remark)
    yield _put_back(folder, desk, Database(empty.owner), size)
    database.dispose()


def _put_back(folder: Path, desk: BackupDesk, target: Database, size: str) -> Figure:
    home = folder / "elsewhere"
    home.mkdir()
    (home / desk.key_file.name).write_bytes(desk.key_file.read_bytes())
    (home / desk.key_file.name).chmod(0o600)
    other = desk_of(home, target, desk.url, desk.clock)
    done, seconds = _timed(
        lambda: other.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
    )
    served = {
        name: told for name, told in done.manifest.app.hashes.items() if name.startswith("serving.")
    }
    assert app_tables.hashes(target, served) == served
    target.dispose()
    remark = f"into an empty database and home; {len(served)} served tables equal by hash"
    return Figure("restore", size, f"{seconds:.1f} s", "–", remark)


def _publish_a_million(home: Path, database: TimedDatabase) -> None:
    with database.jobs() as session:
        add_shop(session, SHOPS[0])
    with closing(open_warehouse("duckdb", home=home, memory_mb=1024, url=None)) as warehouse:
        write_build(warehouse, 1)
        published(database, warehouse, Outcome.PUBLISHED)


def _timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    began = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - began
