"""A million changed rows published, the pointer's own transaction timed, and a reader who polls meanwhile."""

import os
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.figures import Figure
from benchmarks.reference import cpu_seconds
from benchmarks.serving import served
from benchmarks.webhooks import postgres
from hotdash.base.clock import FixedClock, SystemClock
from hotdash.base.ids import new_id
from hotdash.base.roles import Role
from hotdash.governance.access.sessions import open_session
from hotdash.pipeline.publish.publish import publish
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import ColumnType, PublishedMart, published_mart
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.marked_builds import PARAMETERS, SHOPS, Poller, marked, polled_while
from tests.fixtures.marts import Publisher, WrittenMarts
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.shops import add_shop

ROWS = 1_000_000
POLLED_BUILDS = 15
HERTZ = 50
_MART = "fct_orders"
_AT = datetime(2026, 11, 21, 18, tzinfo=UTC)
_TEMPLATE = "bench_template"

# By name where the value matters, else by type: of the row's number i and the build's number.
_NAMED = {
    "shop_id": f"'{SHOPS[0]}'",
    "order_id": "i",
    "day": "date '2024-12-01' + (i * 720 // {rows})::int",
    "processed_at": "timestamptz '2024-12-01 12:00:00+00' + to_seconds((i * 62208000 // {rows})::bigint)",
    "currency": "'USD'",
    "gross_sales": "cast((i % 90000) / 100 + {build} as decimal(20,4))",
}
_TYPED = {
    ColumnType.TEXT: "'value ' || (i % 997)",
    ColumnType.INTEGER: "(i % 7)::bigint",
    ColumnType.MONEY: "cast((i % 9000) / 100 as decimal(20,4))",
    ColumnType.DAY: "cast(null as date)",
    ColumnType.INSTANT: "cast(null as timestamptz)",
    ColumnType.FLAG: "i % 50 > 0",
    ColumnType.RATE: "cast(null as decimal(18,10))",
}
_CANONICAL = {
    ColumnType.DAY: "cast({column} - date '1970-01-01' as text)",
    ColumnType.INSTANT: "cast(epoch_us({column}) as text)",
    ColumnType.FLAG: "case when {column} then 'true' when not {column} then 'false' end",
}


class TimedDatabase(Database):
    """Remembers what each of the owner's transactions took; a publication's last one moves the pointer."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.took: list[float] = []

    @contextmanager
    def jobs(self) -> Generator[Session]:
        began = time.perf_counter()
        with super().jobs() as session:
            yield session
        self.took.append(time.perf_counter() - began)


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    del orders
    with postgres(folder) as urls:
        own = DatabaseUrls(urls.owner, urls.web)
        with new_database(own, _TEMPLATE) as fresh:
            yield from of_a_million(folder, fresh)
        with new_database(own, _TEMPLATE) as fresh:
            yield polled(folder, fresh)


@dataclass(frozen=True)
class Took:
    """Of one publication: seconds before the pointer's transaction, seconds of it, CPU seconds of both sides."""

    loading: float
    pointer: float
    cpu: float


def of_a_million(folder: Path, urls: DatabaseUrls) -> Iterator[Figure]:
    database = TimedDatabase(urls.owner)
    with database.jobs() as session:
        add_shop(session, SHOPS[0])
    warehouse = open_warehouse("duckdb", home=folder / "warehouse", memory_mb=1024, url=None)
    columns = len(published_mart(_MART).columns)
    size = f"{ROWS:,} rows of {columns} columns in 24 months"
    for build, what in ((1, "publish, everything new"), (2, "publish, every row changed")):
        write_build(warehouse, build)
        took = published(database, warehouse, Outcome.PUBLISHED)
        yield Figure(
            *(what, size, f"{took.loading:.1f} s of loading"),
            "15 s",
            f"{took.cpu:.1f} CPU s, this process and the database together; every row's hash "
            "is compared in the database",
        )
        yield Figure(
            *("pointer transaction", size, f"{took.pointer * 1000:.0f} ms"),
            "under 100 ms",
            "lock, manifest with its marts and partitions, pointer, audit and outcomes of all marts",
        )
    took = published(database, warehouse, Outcome.UNCHANGED)
    yield Figure(
        *("publish, 0 changed rows", size, f"{took.loading + took.pointer:.2f} s"),
        "under 1 s",
        f"{took.cpu:.2f} CPU s",
    )
    warehouse.close()
    database.dispose()


def published(database: TimedDatabase, warehouse: Warehouse, expected: Outcome) -> Took:
    before = cpu_seconds() + server_cpu_seconds(database)
    began = time.perf_counter()
    as_of = {SHOPS[0]: {"shopify": _AT}}
    outcomes = publish(database, warehouse, new_id(), SHOPS[:1], {}, as_of, FixedClock(_AT))
    seconds, pointer = time.perf_counter() - began, database.took[-1]
    cpu = cpu_seconds() + server_cpu_seconds(database) - before
    (seen,) = [each for each in outcomes if each.mart == _MART]
    assert seen.outcome is expected, seen
    return Took(seconds - pointer, pointer, cpu)


def server_cpu_seconds(database: Database) -> float:
    """Of the server's processes that have ended, which those of our connections have by then."""
    with database.snapshot() as session:
        backend = session.execute(text("select pg_backend_pid()")).scalar_one()
        postmaster = _process(backend)[1]
    database.dispose()
    time.sleep(0.5)
    told = _process(postmaster)
    return (int(told[13]) + int(told[14])) / os.sysconf("SC_CLK_TCK")


def _process(number: int | str) -> list[str]:
    """What the kernel tells of a process, from its state on."""
    return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()


def write_build(warehouse: Warehouse, build: int) -> None:
    mart = published_mart(_MART)
    listed = ", ".join(
        f"{_NAMED.get(name, _TYPED[kind]).format(rows=ROWS, build=build)} as {name}"
        for name, kind in mart.columns.items()
    )
    warehouse.execute("create schema if not exists marts")
    warehouse.execute(
        f"create or replace table marts.{_MART} as select {listed} from range({ROWS}) as r (i)"
    )
    warehouse.execute("set timezone = 'UTC'")
    warehouse.execute(f"""
        create or replace table marts.publication_candidate as
        select shop_id, '{_MART}' as mart, strftime(day, '%Y-%m') as partition_key,
            count(*) as row_count, cast(sum({_row_hash(mart)}) as text) as rows_hash
        from marts.{_MART}
        group by shop_id, strftime(day, '%Y-%m')
    """)


def _row_hash(mart: PublishedMart) -> str:
    texts = [
        f"coalesce({_CANONICAL.get(kind, 'cast({column} as text)').format(column=name)}, chr(30))"
        for name, kind in mart.columns.items()
    ]
    return f"cast('0x' || left(md5(concat_ws(chr(31), {', '.join(texts)})), 15) as bigint)"


def polled(folder: Path, urls: DatabaseUrls) -> Figure:
    """Against the real web server, over HTTP."""
    with served(folder / "polled", urls) as house:
        # The served house has the first of the two shops already.
        with house.database.jobs() as session:
            add_shop(session, SHOPS[1], timezone="Asia/Tokyo")
            owner = identity.get_user(session, f"owner@{SHOPS[0]}.example").user_id
            identity.set_role(session, SHOPS[1], owner, Role.VIEWER)
        token = _signed_in(house.database, owner)
        cookies = {f"hotdash-session-{house.port}": token}
        (folder / "marts").mkdir()
        warehouse = open_warehouse("duckdb", home=folder / "marts", memory_mb=512, url=None)
        marts = WrittenMarts(warehouse, folder / "marts")
        publisher = Publisher(house.database, marts, FixedClock(_AT), SHOPS)
        publisher.build(marked(1))
        with httpx.Client(
            base_url=f"http://127.0.0.1:{house.port}", cookies=cookies, timeout=30
        ) as client:
            poller = Poller(lambda: _asked(client), HERTZ)
            began = time.monotonic()
            polled_while([poller], lambda: _publish_all(publisher))
            seconds = time.monotonic() - began
        warehouse.close()
    assert not poller.failed, poller.failed[0]
    return Figure(
        *("reader at 50 Hz through the API", f"{POLLED_BUILDS} builds of two shops"),
        f"{len(poller.mixed)} mixed builds in {poller.answers:,} answers",
        "0 mixed builds",
        f"three metrics of three marts; {len(poller.markers)} builds seen, "
        f"{poller.answers / seconds:.0f} answers a second; in {poller.unequal_shops} answers the two "
        "shops were of different builds, each whole",
    )


def _publish_all(publisher: Publisher) -> None:
    for marker in range(2, POLLED_BUILDS + 1):
        publisher.build(marked(marker))


def _asked(client: httpx.Client) -> Mapping[str, Any]:
    answer = client.get("/api/v1/metrics/query", params=dict(PARAMETERS))
    answer.raise_for_status()
    return answer.json()


def _signed_in(database: Database, user_id: UUID) -> str:
    with database.as_user(None) as session:
        return open_session(session, user_id, SystemClock().now(), timedelta(hours=1)).token
