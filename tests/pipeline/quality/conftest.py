"""The defective shops, built, checked and published once per engine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.pipeline.quality.findings import Finding, GateReport
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Engine
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.storefront import Storefront
from tests.fixtures.warehouses import AS_OF, ENGINES, OpenBuilt
from tests.fixtures.web import Web, web_in_front_of
from tests.pipeline.quality.defective_house import DefectiveHouse, Publications, defective_house

OpenHouse = Callable[[Engine], DefectiveHouse]


@pytest.fixture(scope="session")
def house_on(built_on: OpenBuilt, template_urls: DatabaseUrls) -> Iterator[OpenHouse]:
    """Published is what DuckDB built; that publication does not depend on the engine is shown elsewhere."""
    known: dict[Engine, DefectiveHouse] = {}
    with new_database(template_urls, TEMPLATE) as urls:
        database = Database(urls.owner, web_url=urls.web)

        def on(engine: Engine) -> DefectiveHouse:
            if engine not in known:
                into = database if engine == "duckdb" else None
                known[engine] = defective_house(built_on(engine), into)
            return known[engine]

        yield on
        database.dispose()


@pytest.fixture(scope="session", params=ENGINES)
def house(request: pytest.FixtureRequest, house_on: OpenHouse) -> DefectiveHouse:
    return house_on(request.param)


@pytest.fixture(scope="session")
def report(house: DefectiveHouse) -> GateReport:
    return house.report


@pytest.fixture(scope="session")
def findings(report: GateReport) -> dict[str, list[Finding]]:
    """By shop."""
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.shop_id, []).append(finding)
    return found


@pytest.fixture(scope="session")
def published_house(house_on: OpenHouse) -> DefectiveHouse:
    return house_on("duckdb")


@pytest.fixture(scope="session")
def publications(published_house: DefectiveHouse) -> Publications:
    assert published_house.publications is not None
    return published_house.publications


@pytest.fixture
def shown_to_owners(publications: Publications, tmp_path: Path) -> Web:
    """The web app in front of what was published, at the moment of the last publication."""
    storefront = Storefront(publications.database, FixedClock(AS_OF), tmp_path)
    return web_in_front_of(storefront, tmp_path / "home")
