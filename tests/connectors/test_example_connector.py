"""The guide's connector: its code is the guide's, it installs as a package of its own, and it works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.processes import clean_environment

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests/example_connector"
GUIDE = ROOT / "docs/guides/add-a-connector.md"
FILES = sorted(
    path.relative_to(EXAMPLE).as_posix()
    for path in [EXAMPLE / "pyproject.toml", *EXAMPLE.glob("hotdash_postcards/*.py")]
)


def blocks() -> dict[str, str]:
    return dict(re.findall(r"^`([\w./]+)`:\n\n```\w+\n(.*?)\n```", GUIDE.read_text(), re.M | re.S))


def test_the_guide_shows_every_file_and_no_other() -> None:
    assert sorted(blocks()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_guide_shows_it_as_it_is(name: str) -> None:
    assert blocks()[name] == (EXAMPLE / name).read_text().rstrip()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As pip installs it: written down from the guide, built, and laid into a folder of its own."""
    source = tmp_path_factory.mktemp("postcards")
    for name, text in blocks().items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(text + "\n")
    target = tmp_path_factory.mktemp("site")
    flags = ("--quiet", "--no-build-isolation", "--no-deps", "--no-index")
    command = [sys.executable, "-m", "pip", "install", *flags, "--target", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def environment(installed: Path) -> dict[str, str]:
    return {**clean_environment(), "PYTHONPATH": os.pathsep.join([str(installed), str(ROOT)])}


def test_the_registry_finds_it(environment: dict[str, str], tmp_path: Path) -> None:
    told = "from hotdash.connectors.registry import registry; print(registry()['postcards'].title)"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "Postcards", done.stderr


def test_it_passes_the_contract_suite(environment: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--hotdash-connector", "hotdash_postcards"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert re.search(r"\b1[0-9] passed", done.stdout)


RUN = """
import json, sys
from pathlib import Path
from pydantic import SecretStr
from hotdash.base.settings import Settings
from hotdash.base.progress import SilentProgress
from hotdash.entrypoints.wiring import open_installation
from hotdash.jobs.refresh import refresh
from hotdash.storage.appdb.repositories import credentials, shops
from hotdash_postcards.server import KEY, World, served

settings = Settings(home=Path(sys.argv[1]), database_url=SecretStr(sys.argv[2]))
world = World()
with served(world) as address, open_installation(settings) as house:
    house.clock = type("Then", (), {"now": lambda self: world.now})()
    house.migrate()
    fields = {"api_key": KEY, "base_url": address}
    with house.database.jobs() as session:
        shops.save_shop(session, shop_id="a-shop", name="A", vendor_domain="a.example",
                        timezone="Europe/Vienna", currency="EUR")
        credentials.save_credential(session, house.vault, "a-shop", "postcards", fields)
    with house.refresh_context() as work:
        report = refresh(work, SilentProgress())
        counts = work.warehouse.query(
            "select count(*) as cards, sum(price) as cost from raw.postcards_cards"
        ).to_pylist()[0]
    told = report.shops[0].sources["postcards"]
    print(json.dumps({"told": told, "counts": counts, "expected": len(world.cards())}, default=str))
"""


@pytest.fixture
def ran(
    environment: dict[str, str], tmp_path: Path, empty_database_urls: DatabaseUrls
) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path / "home"), empty_database_urls.owner],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_a_run_loads_it(ran: dict[str, Any]) -> None:
    assert ran["told"]["status"] == "loaded"
    assert ran["told"]["unreadable"] == 0
    assert ran["told"]["drifts"] == []
    assert ran["counts"]["cards"] == ran["expected"]
