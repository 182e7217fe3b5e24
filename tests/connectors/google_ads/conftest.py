import pytest

from tests.fixtures.ads import AdConnecting, busy_simulator
from tests.fixtures.simulator import SimulatorHandle

__all__ = ["busy_simulator"]


@pytest.fixture
def google(simulator: SimulatorHandle) -> AdConnecting:
    return AdConnecting(simulator, "google_ads")
