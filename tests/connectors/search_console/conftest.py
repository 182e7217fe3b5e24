"""Search Console as simulated, and how to connect to it."""

import pytest

from tests.fixtures.google_sources import Google
from tests.fixtures.simulator import SimulatorHandle


@pytest.fixture
def google(simulator: SimulatorHandle) -> Google:
    return Google(simulator)
