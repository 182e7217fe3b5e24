"""Accounts of the simulated Chatwoot."""

import pytest

from tests.fixtures.chatwoot import Accounts
from tests.fixtures.simulator import SimulatorHandle


@pytest.fixture
def accounts(simulator: SimulatorHandle) -> Accounts:
    return Accounts(simulator)
