"""A refused key is tried once and told once; a source that keeps failing gets its rest; both know how to end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.progress import Progress, SilentProgress
from hotdash.connectors.calling import VendorAccessError
from hotdash.connectors.contract import Connector, Cursor, Event
from hotdash.jobs.refresh import RefreshContext, refresh
from hotdash.jobs.run_report import RunReport
from hotdash.jobs.sync_source import SourceSync
from hotdash.pipeline.durable import Detail
from hotdash.pipeline.ingest.ingest import Ingest
from hotdash.storage.appdb.repositories.credentials import save_credential
from hotdash.storage.appdb.repositories.source_states import SourceStateRecord, State, source_state
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.alerts import file_desk
from tests.fixtures.run_states import SHOPS, FirstRun
from tests.fixtures.shops import SeededShop
from tests.fixtures.simulator import SHOP_ID, UNTIL, Connecting, SimulatorHandle
from tests.fixtures.told_connector import ORDERS, ToldConnector, reached, rows

WELL, _ = SHOPS


@dataclass
class Desk:
    """The real connector against the real simulator, run after run."""

    sync: SourceSync
    connecting: Connecting
    clock: FixedClock
    home: Path

    def run(self, **flags: Any) -> Detail:
        self.clock.advance(timedelta(minutes=15))
        return self.sync.sync(SHOP_ID, self.connecting.connector(), **flags)

    def calls(self) -> int:
        return self.connecting.simulator.calls().get("graphql", 0)

    def state(self) -> SourceStateRecord:
        with self.sync.database.jobs() as session:
            found = source_state(session, SHOP_ID, "shopify")
        assert found is not None
        return found

    def enter_key(self) -> None:
        with self.sync.database.jobs() as session:
            vault = Vault.in_home(self.home)
            save_credential(session, vault, SHOP_ID, "shopify", {"access_token": "again"})


@pytest.fixture
def desk(
    database: Database, shop: SeededShop, connecting: Connecting, tmp_path: Path
) -> Iterator[Desk]:
    warehouse = open_warehouse("duckdb", home=tmp_path, memory_mb=256, url=None)
    clock = FixedClock(UNTIL)
    ingest = Ingest(warehouse, clock, SilentProgress(), tmp_path / "dlt", "run")
    desk = Desk(SourceSync(database, ingest), connecting, clock, tmp_path)
    desk.enter_key()
    yield desk
    warehouse.close()


class TestARefusedKey:
    def test_is_tried_once_and_again_only_when_it_is_entered_anew(
        self, desk: Desk, simulator: SimulatorHandle
    ) -> None:
        simulator.set_token(SHOP_ID, None)
        assert desk.run()["status"] == "failed"
        assert desk.calls() == 1
        for _ in range(3):
            told = desk.run()
            assert (told["status"], told["code"]) == ("skipped", "shopify_access")
            assert "was not asked" in told["error"]
        assert desk.calls() == 1, "none in the runs after it"
        assert desk.state().state is State.REJECTED
        desk.enter_key()
        assert desk.run()["status"] == "failed"
        assert desk.calls() == 2, "the new key is tried, once"
        assert desk.run()["status"] == "skipped"
        simulator.set_token(SHOP_ID, simulator.shops[SHOP_ID]["sources"]["shopify"]["access_token"])
        desk.enter_key()
        assert desk.run()["status"] == "loaded"
        state = desk.state()
        assert (state.state, state.reason, state.failures) == (State.WORKING, None, 0)

    def test_is_tried_when_a_person_insists(self, desk: Desk, simulator: SimulatorHandle) -> None:
        simulator.set_token(SHOP_ID, None)
        desk.run()
        for number, flags in enumerate(({"insist": True}, {"reread": True}, {"since": UNTIL})):
            assert desk.run(**flags)["status"] == "failed"
            assert desk.calls() == 2 + number
        assert desk.run()["status"] == "skipped"

    def test_stands_in_no_state(self, desk: Desk, simulator: SimulatorHandle) -> None:
        simulator.set_token(SHOP_ID, None)
        desk.run()
        token = simulator.shops[SHOP_ID]["sources"]["shopify"]["access_token"]
        assert token not in f"{desk.state()!r}"
        assert "token" in (desk.state().hint or "")


def test_a_vendor_that_is_down_is_asked_more_and_more_seldom(
    desk: Desk, simulator: SimulatorHandle
) -> None:
    simulator.fault("server_error")
    told = [desk.run()["status"] for _ in range(12)]
    assert told[:3] == ["failed"] * 3, "a passing failure is no reason to wait"
    assert told.count("failed") < 8
    state = desk.state()
    assert state.state is State.FAILING
    assert state.failures == told.count("failed")
    assert state.retry_at is not None
    assert state.retry_at - state.seen_at <= timedelta(hours=2)
    simulator.no_faults()
    assert desk.run(insist=True)["status"] == "loaded"
    assert desk.run()["status"] == "loaded"
    assert desk.state().failures == 0


@dataclass
class Support(ToldConnector):
    """A second source of the shop, whose key can be taken away."""

    vendor: str = "support"
    is_revoked: bool = True
    asked: int = 0

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        self.asked += 1
        if self.is_revoked:
            raise VendorAccessError("Support refuses the key.", hint="Enter it anew.")
        yield from super().read(cursor, progress)


class TestADeadSupportToken:
    def run(self, work: RefreshContext, support: Support) -> RunReport:
        sources: list[Connector] = [*work.connectors[WELL], support]
        at_work = replace(work, connectors={**work.connectors, WELL: sources})
        return refresh(at_work, SilentProgress(), shops=[WELL])

    def test_leaves_sales_alone_and_is_told_once(self, first_run: FirstRun, tmp_path: Path) -> None:
        messages = tmp_path / "told.ndjson"
        support = Support([[rows(ORDERS, {"order_id": 1}), reached()]])
        with first_run.restored().opened() as opened:
            work = replace(opened, alerts=file_desk(opened.database, opened.clock, messages))
            first, second = self.run(work, support), self.run(work, support)
            assert support.asked == 1
            for report in (first, second):
                [shop] = report.shops
                assert shop.sources["shopify"]["status"] == "loaded"
                assert {mart["outcome"] for mart in shop.marts.values()} <= {
                    "published",
                    "unchanged",
                }
                assert "key_of_support_accepted" in {f["check"] for f in shop.findings}
            assert second.shops[0].sources["support"]["status"] == "skipped"
            assert not second.failed, "what was told is no failure of the next run"
            with work.database.jobs() as session:
                vault = Vault.in_home(tmp_path)
                save_credential(session, vault, WELL, "support", {"key": "new"})
            support.is_revoked = False
            third = self.run(work, support)
        assert third.shops[0].sources["support"]["status"] == "loaded"
        told = [json.loads(line) for line in messages.read_text().splitlines()]
        key = [
            line["kind"]
            for line in told
            for each in line["alerts"]
            if each["check"] == "key_of_support_accepted"
        ]
        assert key == ["opened", "resolved"]
