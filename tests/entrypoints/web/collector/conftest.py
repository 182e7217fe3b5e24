"""A collector of one's own: an empty database with two shops is enough."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from hotdash.base.clock import FixedClock
from hotdash.storage.appdb.session import Database
from tests.fixtures.collecting import site_key
from tests.fixtures.shops import SeededShop
from tests.fixtures.web import Web, web_in_front_of

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@dataclass
class Collecting:
    web: Web
    database: Database
    clock: FixedClock
    key: str
    other_key: str


@dataclass
class _Storefront:
    database: Database
    clock: FixedClock
    find_identity: None = None


@pytest.fixture
def collecting(
    database: Database, two_shops: tuple[SeededShop, SeededShop], tmp_path: Path
) -> Collecting:
    clock = FixedClock(NOW)
    web = web_in_front_of(cast(Any, _Storefront(database, clock)), tmp_path)
    keys = [site_key(database, shop.shop_id) for shop in two_shops]
    return Collecting(web, database, clock, keys[0], keys[1])
