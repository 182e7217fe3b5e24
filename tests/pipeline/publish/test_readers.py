"""Readers see one build or the next, never rows of both."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import cycle, islice
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.storage.appdb.repositories.publications import move_pointer, pointer_of
from hotdash.storage.appdb.session import Database
from tests.fixtures.marts import Publisher, Rows, customer, order, revenue_day
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop
from tests.pipeline.publish.readers import Answer, Reader

pytestmark = pytest.mark.law(6)

SHOP = "hot-rod-an"
DAYS = [date(2026, 9, 1) + timedelta(days=offset) for offset in range(0, 80, 20)]
BUILDS, MOST_BUILDS = 8, 80
# Six seconds of somebody who asks fifty times a second.
READINGS = 300
ROUNDS = 100
REVENUE = """
    select array_agg(distinct gross_sales::bigint) from api.fct_revenue
"""
ORDERS = """
    select array_agg(distinct gross_sales::bigint) from api.fct_orders
"""
PEOPLE = """
    select array_agg(distinct counted_orders) from api.dim_customers
"""
BUILD = """
    select array_agg(distinct build_id::text) from api.published_marts
    where mart in ('fct_revenue', 'fct_orders', 'dim_customers')
"""
ALL_AT_ONCE = f"select ({REVENUE}), ({ORDERS}), ({PEOPLE}), ({BUILD})"
ONE_AFTER_THE_OTHER = (REVENUE, ORDERS, PEOPLE, BUILD)


def marked(marker: int) -> Rows:
    """A build that says its number in every row of every mart."""
    amount = str(marker)
    return {
        "fct_revenue": [revenue_day(SHOP, day, amount) for day in DAYS],
        "fct_orders": [order(SHOP, number, day, amount) for number, day in enumerate(DAYS)],
        "dim_customers": [
            customer(SHOP, f"c{bucket}", bucket, counted_orders=marker) for bucket in range(2)
        ],
    }


def mixed(seen: Counter[Answer]) -> list[Answer]:
    """Readings of more than one number, or of more than one build."""
    return [answer for answer in seen if _numbers(answer) != 1 or len(_builds(answer)) != 1]


def _numbers(answer: Answer) -> int:
    *markers, _ = answer
    return len({number for told in markers if isinstance(told, tuple) for number in told})


def _builds(answer: Answer) -> Sequence[str]:
    builds = answer[-1]
    return builds if isinstance(builds, tuple) else ()


def manifest(database: Database) -> UUID:
    with database.jobs() as session:
        pointer = pointer_of(session, SHOP)
    assert pointer is not None
    return pointer.manifest_id


@pytest.fixture
def two_manifests(publisher: Publisher, database: Database, shop: SeededShop) -> list[UUID]:
    """The second one is shown."""
    del shop
    found: list[UUID] = []
    for marker in (1, 2):
        publisher.build(marked(marker))
        found.append(manifest(database))
    return found


def test_readers_never_see_two_builds_at_once(
    publisher: Publisher, database_urls: DatabaseUrls, shop: SeededShop
) -> None:
    publisher.build(marked(1))
    whole = Reader(database_urls.web, [ALL_AT_ONCE], shop.owner_id)
    step_by_step = Reader(database_urls.web, ONE_AFTER_THE_OTHER, shop.owner_id)
    readers = [whole, step_by_step]
    for reader in readers:
        reader.start()

    published = 1
    while published < BUILDS or min(reader.readings for reader in readers) < READINGS:
        published += 1
        assert published < MOST_BUILDS, [reader.readings for reader in readers]
        publisher.build(marked(published))

    for reader in readers:
        seen = reader.stop()
        assert mixed(seen) == []
        assert seen.total() >= READINGS
        assert len(seen) > BUILDS // 2


def test_a_pointer_thrown_to_and_fro_mixes_what_is_read_without_a_snapshot_only(
    database: Database,
    database_urls: DatabaseUrls,
    publisher: Publisher,
    two_manifests: list[UUID],
    shop: SeededShop,
) -> None:
    """What shows that these readers would find a mixed build."""
    web, owner = database_urls.web, shop.owner_id
    whole = Reader(web, [ALL_AT_ONCE], owner)
    step_by_step = Reader(web, ONE_AFTER_THE_OTHER, owner)
    loose = Reader(web, ONE_AFTER_THE_OTHER, owner, loosely=True)
    for reader in (whole, step_by_step, loose):
        reader.start()

    for number, manifest_id in enumerate(islice(cycle(two_manifests), ROUNDS * 20)):
        with database.jobs() as session:
            move_pointer(session, SHOP, manifest_id, publisher.clock.now())
        if number >= ROUNDS and mixed(loose.seen):
            break

    for reader in (whole, step_by_step, loose):
        reader.stop()
    assert mixed(loose.seen)
    assert mixed(whole.seen) == mixed(step_by_step.seen) == []
    assert len(whole.seen) == len(step_by_step.seen) == 2


def test_a_publication_mart_by_mart_would_be_seen(
    database: Database,
    database_urls: DatabaseUrls,
    two_manifests: list[UUID],
    shop: SeededShop,
) -> None:
    """The shown manifest takes over the older one's parts, each mart in a transaction of its own."""
    older, shown = two_manifests
    reader = Reader(database_urls.web, [ALL_AT_ONCE], shop.owner_id)
    reader.start()
    for mart in ("fct_revenue", "fct_orders", "dim_customers"):
        with database.jobs() as session:
            session.execute(
                text(
                    "update serving.manifest_entries as mine set part = other.part"
                    " from serving.manifest_entries as other"
                    " where mine.manifest_id = :shown and other.manifest_id = :older"
                    " and mine.mart = :mart and other.mart = mine.mart"
                    " and other.shop_id = mine.shop_id"
                    " and other.partition_key = mine.partition_key"
                ),
                {"shown": shown, "older": older, "mart": mart},
            )
        reader.read_once_more()
    assert len(mixed(reader.stop())) == 2, "one for each mart before the last"
