from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.simulators.world import World
from tests.fixtures.loader_files import Loader
from tests.fixtures.simulator import SHOP_ID, UNTIL

OpenLoader = Callable[..., Loader]


@pytest.fixture
def open_loader(world: World, tmp_path: Path) -> OpenLoader:
    def opened(name: str, shop_id: str = SHOP_ID, ago: timedelta = timedelta()) -> Loader:
        folder = tmp_path / f"{name}-{shop_id}"
        return Loader(world, shop_id, name, folder, FixedClock(UNTIL - ago))

    return opened


@pytest.fixture(params=["fivetran", "airbyte"])
def loader(request: pytest.FixtureRequest, open_loader: OpenLoader) -> Loader:
    """Each loader in turn, its first sync done."""
    opened = open_loader(request.param)
    opened.sync()
    return opened


@pytest.fixture
def fivetran(open_loader: OpenLoader) -> Loader:
    opened = open_loader("fivetran")
    opened.sync()
    return opened


@pytest.fixture
def airbyte(open_loader: OpenLoader) -> Loader:
    opened = open_loader("airbyte")
    opened.sync()
    return opened
