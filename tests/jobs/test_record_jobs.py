"""The jobs of the operating record, carried out by a worker as the installation wires it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.base.clock import SystemClock, iso_utc
from hotdash.base.ids import new_id
from hotdash.base.settings import load_settings
from hotdash.decisions.facts.types import FactType
from hotdash.decisions.incident import Incidents
from hotdash.decisions.mirror.event_log import NAME
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.entrypoints.wiring_worker import job_context
from hotdash.jobs import mirror
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.repositories.facts import list_facts
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED
from hotdash.storage.appdb.session import Database
from tests.fixtures.mirror_world import SHOP_ID, MirrorWorld, declared_tables
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop
from tests.fixtures.simulator import SimulatorHandle
from tests.fixtures.sync_log import Planted, SyncLog, after
from tests.fixtures.working import carried_out

PLANTED = Planted("shop", SHOP_ID, after(10), after(25), density=1.0)


@pytest.fixture
def world(
    simulator: SimulatorHandle, database: Database, shop: SeededShop, tmp_path: Path
) -> MirrorWorld:
    assert shop.shop_id == SHOP_ID
    return MirrorWorld(simulator, database, tmp_path)


@pytest.fixture
def house(world: MirrorWorld, database_urls: DatabaseUrls) -> Iterator[Installation]:
    settings = load_settings(home=world.home, database_url=database_urls.owner)
    with open_installation(settings) as opened:
        yield opened


def do(house: Installation, job: str, slot: str = "once") -> None:
    done = carried_out(job_context(house), job, slot)
    assert (done.status, done.error) == ("completed", None)


def facts(house: Installation, kind: FactType) -> int:
    with house.database.jobs() as session:
        found = list_facts(session, SHOP_ID, fact_type=kind.value)
    return len([each for each in found if "note" not in each.metadata])


def _write_strange(world: MirrorWorld) -> None:
    """A row of a shop that we never had, written by whoever else has the key."""
    columns = MIRRORED["dashboard_facts"].columns
    row = dict.fromkeys(columns) | {"shop_id": "nobody's", "fact_id": str(new_id()), "version": 1}
    row |= {"fact_type": "x", "occurred_at": iso_utc(SystemClock().now()), "metadata": {}}
    world.simulator.http.post(
        "/supabase/rest/v1/dashboard_facts", json=[row], headers={"apikey": world.key("secret")}
    ).raise_for_status()


def test_without_a_mirror_they_end_and_do_nothing(house: Installation) -> None:
    for job in ("mirror", "sync_analysis", "compare_sides", "incident"):
        do(house, job)
    assert [each.name.split("-")[0] for each in (house.settings.home / "parity").iterdir()] == [
        "serving"
    ]


def test_what_one_leaves_the_next_one_finds(house: Installation, world: MirrorWorld) -> None:
    home, log = house.settings.home, house.settings.logs
    world.add(2, 1)
    desk = job_context(house).mirror
    assert desk is not None
    mirror.connect(desk, world.url, world.key(), new_id(), actor="local:test")
    do(house, "mirror")
    assert world.statuses() == {"sent": 3}

    put_aside = log / f"{NAME}.20261120T080000000000Z.ndjson"
    SyncLog(1, [PLANTED], (SHOP_ID, "other"), hours=0.6, calls_per_minute=60).write(put_aside)
    do(house, "sync_analysis")
    assert facts(house, FactType.RATE_LIMIT) == 1
    runs = facts(house, FactType.SYNC)
    assert runs > 0
    do(house, "mirror", "later")
    assert world.there("dashboard_facts") == world.here("dashboard_facts")

    do(house, "compare_sides")
    artifacts = {each.name.split("-")[0]: each for each in (home / "parity").iterdir()}
    told = {name: json.loads(file.read_text()) for name, file in artifacts.items()}
    assert (told["mirror"]["is_equal"], told["mirror"]["rows"]) == (True, 4 + runs)
    assert told["serving"]["is_equal"]
    world.switch("tables", dashboard_facts=declared_tables()["dashboard_facts"])
    _write_strange(world)
    do(house, "compare_sides", "later")
    with house.database.jobs() as session:
        [told] = list_alerts(session, [SHOP_ID])
    assert told.check_name == "parity of mirror"
    assert "rows of nobody's, no shops of ours" in told.sentence

    Incidents(home).start("mirror-emptied", "local:test", SystemClock().now())
    do(house, "incident")
    [gathered] = (home / "incidents/mirror-emptied").glob("*/gathered.json")
    parts = json.loads(gathered.read_text())["parts"]
    assert set(parts.values()) == {"gathered"}
    analysis = json.loads((gathered.parent / "analysis.json").read_text())
    assert analysis["totals"]["attempts"] == len(world.events())


def test_a_run_without_failures_is_no_news_to_mirror(
    house: Installation, world: MirrorWorld
) -> None:
    """Else each hour's fact would be mirrored by a run that is the next hour's."""
    world.add(1)
    desk = job_context(house).mirror
    assert desk is not None
    mirror.connect(desk, world.url, world.key(), new_id(), actor="local:test")
    world.run()
    do(house, "sync_analysis")
    assert facts(house, FactType.SYNC) == 0
