"""A tile says the same to the byte whether its rows were read beforehand or by whoever looks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.metrics.query.known_rows import read_back, written
from hotdash.insights.tiles.beforehand import published_tiles
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.engine import load_tiles
from hotdash.jobs.precompute_tiles import precompute_tiles
from hotdash.storage.appdb.repositories.tile_rows import save_tile_rows
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.marts import Publisher, WrittenMarts
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.shops import SeededShop, add_shop
from tests.fixtures.tile_people import People
from tests.fixtures.tile_world import (
    MARTS_BY_SOURCE,
    READ_AT,
    SHOP,
    every_source,
    rich_world,
)

PERIODS = [Period(span, compare) for span in Range for compare in Compare]
Documents = dict[tuple[Range, Compare], list[bytes]]


@pytest.fixture(scope="module")
def world(
    template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Publisher, SeededShop]]:
    folder: Path = tmp_path_factory.mktemp("beforehand")
    with new_database(template_urls, "hotdash_template") as urls:
        database = Database(urls.owner, web_url=urls.web)
        with database.jobs() as session:
            shop = add_shop(session, SHOP)
        warehouse = open_warehouse("duckdb", home=folder / "home", memory_mb=512, url=None)
        publisher = Publisher(
            *(database, WrittenMarts(warehouse, folder), FixedClock(READ_AT)),
            as_of=every_source(),
            marts_by_source=MARTS_BY_SOURCE,
        )
        publisher.build(rich_world())
        with database.jobs() as session:
            people = People(session)
            people.act()
            people.report()
        yield publisher, shop
        warehouse.close()
        database.dispose()


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    asked: list[str] = []
    execute = psycopg.Cursor.execute

    def heard(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        asked.append(query if isinstance(query, str) else str(query))
        return execute(cursor, query, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", heard)
        yield asked


def documents(
    world: tuple[Publisher, SeededShop], names: Sequence[str] = tuple(TILES)
) -> Documents:
    publisher, shop = world
    found: Documents = {}
    for period in PERIODS:
        with publisher.database.as_user(shop.owner_id) as session:
            tiles = load_tiles(session, names, SHOP, period, READ_AT)
        found[period.range, period.compare] = [orjson.dumps(tile.as_json()) for tile in tiles]
    return found


def forget(database: Database) -> None:
    with database.jobs() as session:
        session.execute(text("delete from serving.tile_rows"))


def precompute(world: tuple[Publisher, SeededShop]) -> int:
    publisher, _ = world
    return precompute_tiles(publisher.database, [SHOP], publisher.clock)


def test_every_tile_says_the_same_over_every_period(world: tuple[Publisher, SeededShop]) -> None:
    forget(world[0].database)
    read_now = documents(world)

    assert precompute(world) >= len(published_tiles()) * len(PERIODS)

    assert documents(world) == read_now
    assert len({each for tiles in read_now.values() for each in tiles}) > 60, "they do differ"


def test_no_mart_is_asked_what_was_read_beforehand(
    world: tuple[Publisher, SeededShop], monkeypatch: pytest.MonkeyPatch
) -> None:
    precompute(world)
    with statements(monkeypatch) as asked:
        documents(world, published_tiles())

    marts = [query for query in asked if "serving.current_" in query or "asked.side" in query]
    assert {query for query in marts if "fct_growth" not in query} == set()
    assert sum("serving.tile_rows" in query for query in asked) == len(PERIODS)


def test_is_done_once_for_a_publication(world: tuple[Publisher, SeededShop]) -> None:
    precompute(world)
    assert precompute(world) == 0


def test_is_what_tiles_read(world: tuple[Publisher, SeededShop]) -> None:
    precompute(world)
    with world[0].database.jobs() as session:
        session.execute(
            text("update serving.tile_rows set found = replace(found, 'Hose', 'Of the document')")
        )

    week = documents(world, ["sales-pulse"])[Range.DAYS_30, Compare.NONE][0]

    forget(world[0].database)
    assert b"Of the document" in week


def test_another_shop_sees_none_of_it(world: tuple[Publisher, SeededShop]) -> None:
    database = world[0].database
    precompute(world)
    with database.jobs() as session:
        other = add_shop(session, "kyoto-beta")
    count = text("select count(*) from serving.tile_rows")

    with database.as_user(world[1].owner_id) as session:
        of_the_owner = session.scalar(count)
    with database.as_user(other.owner_id) as session:
        of_another = session.scalar(count)

    assert (of_the_owner, of_another) == (len(published_tiles()) * len(PERIODS), 0)


def test_a_moved_publication_ignores_it_and_the_next_reading_removes_it(
    world: tuple[Publisher, SeededShop], monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher, _ = world
    precompute(world)
    before = documents(world, ["sales-pulse"])
    moved = {
        mart: [
            {**row, "gross_sales": row["gross_sales"] * 3} if mart == "fct_revenue" else row
            for row in rows
        ]
        for mart, rows in rich_world().items()
    }
    publisher.build(moved)

    after = documents(world, ["sales-pulse"])
    precompute(world)

    assert all(after[key] != before[key] for key in before)
    assert documents(world, ["sales-pulse"]) == after
    with publisher.database.jobs() as session:
        manifests = session.execute(
            text("select distinct manifest_id from serving.tile_rows")
        ).scalars()
        assert len(list(manifests)) == 1
    publisher.build(rich_world())


def test_goes_with_its_manifest(world: tuple[Publisher, SeededShop]) -> None:
    database, manifest = world[0].database, new_id()
    with database.jobs() as session:
        session.execute(
            text(
                "insert into serving.manifests"
                " select (jsonb_populate_record(m, jsonb_build_object('manifest_id', cast(:id as text)))).*"
                " from serving.manifests as m where shop_id = :shop limit 1"
            ),
            {"id": str(manifest), "shop": SHOP},
        )
        save_tile_rows(session, SHOP, manifest, "growth", "7d", "none", "{}")
        session.execute(
            text("delete from serving.manifests where manifest_id = :id"), {"id": manifest}
        )
        left = session.scalar(
            text("select count(*) from serving.tile_rows where manifest_id = :id"), {"id": manifest}
        )
    assert left == 0


DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
VALUES = st.one_of(
    st.lists(st.none() | DECIMALS, min_size=3, max_size=3),
    st.lists(st.none() | st.integers(-(2**53), 2**53), min_size=3, max_size=3),
    st.lists(st.none() | st.text(), min_size=3, max_size=3),
    st.lists(st.none() | st.lists(DECIMALS, min_size=1), min_size=3, max_size=3),
    st.lists(st.none() | st.booleans(), min_size=3, max_size=3),
    st.lists(st.none() | st.dates(), min_size=3, max_size=3),
    st.lists(
        st.none()
        | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
            lambda at: at.replace(fold=0)
        ),
        min_size=3,
        max_size=3,
    ),
)


class TestRows:
    @given(st.dictionaries(st.text(), VALUES, min_size=1))
    def test_come_back_as_they_were(self, columns: dict[str, list[Any]]) -> None:
        rows = [{name: values[n] for name, values in columns.items()} for n in range(3)]
        assert repr(read_back(written({"asked": rows}))) == repr({"asked": rows})

    def test_of_nothing_are_known_as_well(self) -> None:
        assert read_back(written({"asked": []})) == {"asked": []}

    @pytest.mark.parametrize(
        "values",
        [
            [1, Decimal(1)],
            [[1, Decimal(1)]],
            [[1.5]],
            [1.5],
            [timedelta(1)],
            [date(2026, 1, 1), "2026-01-01"],
        ],
    )
    def test_that_would_come_back_as_others_are_left_out(self, values: list[Any]) -> None:
        assert read_back(written({"asked": [{"value": each} for each in values]})) == {}
