import pytest

from tests.fixtures.ads import AdConnecting, busy_simulator
from tests.fixtures.simulator import SimulatorHandle

__all__ = ["busy_simulator"]


@pytest.fixture
def meta(simulator: SimulatorHandle) -> AdConnecting:
    return AdConnecting(simulator, "meta_ads")
