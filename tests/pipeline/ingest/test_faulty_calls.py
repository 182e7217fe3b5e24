"""Every connector with a fifth of its calls failing: the same rows, for at most half as many calls more."""

import math
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.clock import iso_utc
from hotdash.connectors.registry import OURS
from hotdash.simulators.faults import FaultKind
from tests.fixtures.simulated_ingest import raw_contents, read_shop
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

WHILE = timedelta(days=4)
FAULTS = ("server_error", "too_many_requests", "reset", "truncated")
# Each of the four strikes on its own: together they hit a fifth of all calls.
SHARE = 1 - 0.8 ** (1 / len(FAULTS))
ENOUGH_CALLS = 60
WITHOUT_CALLS = {"clickstream", "files"}
VENDORS = [spec.vendor for spec in OURS if spec.vendor not in WITHOUT_CALLS]


def calls_of_two_reads(simulator: SimulatorHandle, vendor: str, home: Path) -> int:
    """As the vendor counts them."""
    before = requests(simulator, vendor)
    for until_the_end in (2 * WHILE, WHILE):
        simulator.set_clock(UNTIL - until_the_end)
        shop = simulator.shops[SHOP_ID]
        read_shop(shop, iso_utc(simulator.now()), str(home), vendor)
    return requests(simulator, vendor) - before


def requests(simulator: SimulatorHandle, vendor: str) -> int:
    counted = simulator.calls()
    routes = {"graphql", "bulk_file"} if vendor == "shopify" else set[str]()
    kinds = {f"{vendor}:{kind}" for kind in FaultKind}
    return sum(
        count
        for name, count in counted.items()
        if name in routes or (name.startswith(f"{vendor}:") and name not in kinds)
    )


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_fifth_of_all_calls_failing(
    vendor: str, simulator: SimulatorHandle, tmp_path: Path
) -> None:
    once = calls_of_two_reads(simulator, vendor, tmp_path / "calm")
    assert once > 0
    # Of a dozen calls, luck alone may hit half: few calls are made again until they are many.
    rounds = math.ceil(ENOUGH_CALLS / once)
    simulator.reset()
    for kind in FAULTS:
        simulator.fault(kind, vendor=vendor, route=None, share=SHARE)
    homes = [tmp_path / f"faulty {number}" for number in range(rounds)]
    made = sum(calls_of_two_reads(simulator, vendor, home) for home in homes)

    counted = simulator.calls()
    struck = sum(counted.get(kind, 0) + counted.get(f"{vendor}:{kind}", 0) for kind in FAULTS)
    calm = raw_contents(tmp_path / "calm")
    assert all(raw_contents(home) == calm for home in homes)
    assert struck > made / 10, "half as often as meant at least"
    assert made <= 1.5 * once * rounds, f"{made} calls where {once * rounds} were enough"
