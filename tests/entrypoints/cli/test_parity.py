"""hotdash parity and hotdash incident from the outside."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock, SystemClock, iso_utc
from hotdash.decisions.incident import Incidents
from hotdash.decisions.mirror.event_log import NAME
from hotdash.jobs.gather_incident import gather_all
from hotdash.jobs.parity import ParityDesk
from hotdash.storage.appdb.repositories.alerts import list_alerts
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.alerts import file_desk
from tests.fixtures.commands import Commands
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop
from tests.fixtures.small_world import SHOP, world
from tests.fixtures.sync_log import SHOP_WINDOWS, SyncLog

AT = datetime(2026, 11, 27, 6, tzinfo=UTC)


@pytest.fixture
def published(publisher: Publisher, shop: SeededShop) -> Publisher:
    assert shop.shop_id == SHOP
    publisher.build(world())
    publisher.marts.warehouse.close()
    return publisher


def open_alerts(database: Database) -> list[str]:
    with database.jobs() as session:
        return [each.check_name for each in list_alerts(session, [SHOP])]


def test_a_changed_cent_fails_and_alerts_until_it_is_gone(
    commands: Commands, published: Publisher
) -> None:
    [equal] = commands.told("parity")["parity"]
    assert (equal["target"], equal["is_equal"]) == ("serving", True)
    change = "update serving.fct_revenue set gross_sales = gross_sales {} 0.01 where day = :day"
    with published.database.jobs() as session:
        day = session.scalars(text("select max(day) from serving.fct_revenue")).one()
        session.execute(text(change.format("+")), {"day": day})
    [off] = commands.told("parity", "--shop", SHOP, code=1, HOTDASH_HOME="home")["parity"]
    [named] = off["differences"]
    assert (named["shop_id"], named["table"], named["day"]) == (SHOP, "fct_revenue", f"{day}")
    assert named["told"] == "1 changed (gross_sales)"
    assert json.loads(Path(off["artifact"]).read_text())["is_equal"] is False
    assert open_alerts(published.database) == ["parity of serving"]
    # A home whose warehouse built nothing knows the month alone.
    assert f"{day:%Y-%m} " in commands.shown("parity", code=1)
    with published.database.jobs() as session:
        session.execute(text(change.format("-")), {"day": day})
    assert "equal" in commands.shown("parity", "--target", "serving")
    assert open_alerts(published.database) == []


def test_wrong_use_is_told(commands: Commands, published: Publisher) -> None:
    assert commands.error("parity", "--target", "mirror")["message"] == "No mirror is connected."
    assert commands.error("parity", "--shop", "none")["field"] == "shop"
    assert commands.run("parity", "--target", "moon").exit_code == 2


@contextmanager
def untouched() -> Iterator[Warehouse]:
    raise AssertionError("nothing differs here")
    yield


class TestIncident:
    def test_gathers_from_its_start_to_its_close(
        self, commands: Commands, published: Publisher
    ) -> None:
        home = commands.folder / ".hotdash"
        commands.told("parity")
        SyncLog(1, SHOP_WINDOWS, hours=0.6).write(home / f"logs/{NAME}.ndjson")
        first = Path(commands.told("incident", "start", "mirror-refused")["gathered"])
        assert commands.error("incident", "start", "mirror-refused")["field"] == "topic"
        assert commands.error("incident", "start", "Not a name")["code"] == "invalid_topic"
        assert commands.error("incident", "close", "other")["code"] == "not_found"
        names = sorted(each.name.split("-")[0] for each in first.iterdir())
        assert names == ["analysis.json", "gathered.json", "hours.html", "serving"]
        analysis = json.loads((first / "analysis.json").read_text())
        assert analysis["windows"][0]["key"] == "shop-1"
        told = json.loads((first / "gathered.json").read_text())
        assert told["parts"] == {"analysis": "gathered", "parity of serving": "gathered"}

        desk = self.desk(published, home)
        assert [each.parent for each in gather_all(desk, home / "logs")] == [first.parent]
        with (home / f"logs/{NAME}.ndjson").open("a") as log:
            log.write(json.dumps({"id": "meanwhile", "at": iso_utc(SystemClock().now())}) + "\n")
        closed = commands.told("incident", "close", "mirror-refused")
        bundle = closed["bundle"]
        with zipfile.ZipFile(bundle) as archive:
            members = archive.namelist()
            [exported] = archive.read(f"logs/{NAME}.ndjson").splitlines()
        assert len([each for each in members if each.endswith("/gathered.json")]) == 3
        assert json.loads(exported)["id"] == "meanwhile"
        assert commands.told("evidence", "verify", bundle)["holds"]
        assert commands.error("incident", "close", "mirror-refused")["code"] == "conflict"
        [known] = commands.told("incident", "status")["incidents"]
        assert known["incident"]["closed_at"] is not None
        before = sorted(first.parent.iterdir())
        assert gather_all(desk, home / "logs") == []
        assert sorted(first.parent.iterdir()) == before
        with published.database.jobs() as session:
            query = text(
                "select action from audit.events where subject = 'mirror-refused' order by at"
            )
            assert list(session.scalars(query)) == ["incident.started", "incident.closed"]

    def test_what_cannot_be_had_is_written_down(self, published: Publisher, tmp_path: Path) -> None:
        (tmp_path / "logs").mkdir()
        (tmp_path / f"logs/{NAME}.ndjson.gz").write_bytes(b"not packed")
        Incidents(tmp_path).start("broken-log", "a user", AT)
        [folder] = gather_all(self.desk(published, tmp_path), tmp_path / "logs")
        told = json.loads((folder / "gathered.json").read_text())["parts"]
        assert told["analysis"].startswith("failed: The log cannot be read")
        assert told["parity of serving"] == "gathered"
        (tmp_path / "analysis").rmdir()
        (tmp_path / "analysis").touch()
        within_the_second = self.desk(published, tmp_path, AT + timedelta(microseconds=1))
        [folder] = gather_all(within_the_second, tmp_path / "logs")
        told = json.loads((folder / "gathered.json").read_text())["parts"]
        assert told == {"analysis": "failed: FileExistsError", "parity of serving": "gathered"}
        assert len(Incidents(tmp_path).gathered("broken-log")) == 2

    def desk(self, published: Publisher, home: Path, at: datetime = AT) -> ParityDesk:
        clock = FixedClock(at)
        return ParityDesk(
            published.database,
            clock,
            home,
            untouched,
            lambda: None,
            lambda: file_desk(published.database, clock, home / "told.ndjson"),
        )
