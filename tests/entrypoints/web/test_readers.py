"""Whoever asks the API while builds are published sees of each shop one build or the next, never both."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.roles import Role
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.migrations.ddl import run
from hotdash.storage.appdb.migrations.mart_tables import follow_declarations
from hotdash.storage.appdb.repositories import identity
from tests.fixtures.marked_builds import PARAMETERS, SHOPS, Poller, marked, polled_while
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.storefront import Storefront
from tests.fixtures.web import Web, web_in_front_of

pytestmark = pytest.mark.law(6)
BUILDS = 12


@pytest.fixture
def agency(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop], web_home: Path) -> Web:
    """One person with both shops, in front of the first build."""
    first, second = two_shops
    publisher.shops = SHOPS
    publisher.build(marked(1))
    with publisher.database.jobs() as session:
        identity.set_role(session, second.shop_id, first.owner_id, Role.VIEWER)
    web = web_in_front_of(Storefront(publisher.database, publisher.clock, web_home), web_home)
    web.sign_in(first.owner_email)
    return web


def asked(web: Web) -> Mapping[str, Any]:
    answer = web.client.get("/api/v1/metrics/query", params=dict(PARAMETERS))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_poller_at_50_hertz_never_sees_two_builds_of_a_shop(
    agency: Web, publisher: Publisher
) -> None:
    poller = Poller(lambda: asked(agency))

    def publish() -> None:
        for marker in range(2, BUILDS + 1):
            publisher.build(marked(marker))

    polled_while([poller], publish)
    poller.look()

    assert poller.failed == []
    assert poller.mixed == []
    assert poller.markers >= {BUILDS}
    assert len(poller.markers) >= 3


def test_the_poller_sees_a_mixed_build(agency: Web, publisher: Publisher) -> None:
    """Without this the test above could not fail: one mart stays behind, and is seen to."""
    why = "The orders do not reconcile."
    blocked = {shop: {"fct_orders": [why]} for shop in SHOPS}
    publisher.build(marked(2), blocked=blocked)
    poller = Poller(lambda: asked(agency))

    poller.look()

    assert len(poller.mixed) == 2


def test_whoever_asks_is_answered_while_the_database_is_migrated(
    agency: Web, publisher: Publisher
) -> None:
    """The order of the upgrade: migrate first, while the web server that was there goes on."""
    database = publisher.database
    migrate.downgrade(database, "0023", losing=True)
    with database.schema_change() as connection:
        follow_declarations(connection)
    publisher.build(marked(2))
    with database.schema_change() as connection:
        run(connection, "drop table serving.fct_margins cascade")
    poller = Poller(lambda: asked(agency))

    def upgrade() -> None:
        while poller.answers < 3:
            assert not poller.failed, poller.failed[0]
        migrate.upgrade(database)
        publisher.build(marked(3))

    polled_while([poller], upgrade)
    assert not migrate.needs_upgrade(database)
    assert (poller.failed, poller.mixed) == ([], [])
    poller.look()
    assert 3 in poller.markers
