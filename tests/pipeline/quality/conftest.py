"""The defective shops, built and checked once per engine."""

from collections.abc import Callable

import pytest

from hotdash.pipeline.quality.findings import Finding, GateReport
from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.warehouses import ENGINES, BuiltWarehouse, OpenBuilt
from tests.pipeline.quality.defects import DEFECTS


def tell_defects(built: BuiltWarehouse) -> None:
    world = built.new_world()
    for defect in DEFECTS:
        world.shop(defect.shop, defect.timezone)
        defect.tell(world, defect.shop)


@pytest.fixture(scope="session")
def gate_report(built_on: OpenBuilt) -> Callable[[Engine], GateReport]:
    known: dict[Engine, GateReport] = {}

    def of(engine: Engine) -> GateReport:
        if engine not in known:
            built = built_on(engine)
            tell_defects(built)
            built.build()
            known[engine] = built.ask()
        return known[engine]

    return of


@pytest.fixture(scope="session", params=ENGINES)
def report(
    request: pytest.FixtureRequest, gate_report: Callable[[Engine], GateReport]
) -> GateReport:
    return gate_report(request.param)


@pytest.fixture(scope="session")
def findings(report: GateReport) -> dict[str, list[Finding]]:
    """By shop."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.shop_id, []).append(finding)
    return found
