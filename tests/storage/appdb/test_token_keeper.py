"""A token that expires is renewed once, also when two processes come at the same moment."""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.connectors.shopify.errors import ShopifyAccessError
from hotdash.connectors.shopify.oauth import ShopifyOAuth
from hotdash.connectors.shopify.tokens import fields_of
from hotdash.connectors.spec import Access
from hotdash.simulators.shopify.oauth import CLIENT_ID, CLIENT_SECRET
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.session import Database
from hotdash.storage.appdb.token_keeper import CredentialKeeper
from hotdash.storage.secrets import Vault
from tests.fixtures.oauth import code_of
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import SeededShop
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle
from tests.fixtures.token_process import Job

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def job(
    simulator: SimulatorHandle,
    database: Database,
    database_urls: DatabaseUrls,
    shop: SeededShop,
    tmp_path: Path,
) -> Job:
    """An hour after the shop was installed."""
    own = simulator.shops[shop.shop_id]["sources"]["shopify"]
    fields = {**own, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    door = ShopifyOAuth.of(Access(shop.shop_id, fields, simulator))
    told = door.exchange(code_of(simulator), simulator.now())
    with database.jobs() as session:
        vault = Vault.in_home(tmp_path)
        kept = {**fields, **fields_of(told)}
        credentials.save_credential(session, vault, shop.shop_id, "shopify", kept)
    simulator.advance(timedelta(minutes=58))
    return Job(database_urls.owner, str(tmp_path), shop.shop_id, iso_utc(simulator.now()))


def desk(simulator: SimulatorHandle) -> dict[str, int]:
    return simulator.http.post("/_simulator/shopify/oauth", json={"shop": SHOP_ID}).json()


def race(job: Job, count: int = 2) -> list[dict[str, Any]]:
    """Every process stands ready before the first may ask."""
    command = [sys.executable, "-m", "tests.fixtures.token_process"]
    processes = [
        subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(job)) + "\n")
        process.stdin.flush()
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [json.loads(process.communicate(timeout=60)[0]) for process in processes]


class TestTwoProcesses:
    def test_renew_once_and_share_the_token(self, job: Job, simulator: SimulatorHandle) -> None:
        simulator.fault("latency", route="oauth", seconds=0.5)
        first, second = race(job)
        assert first["token"] == second["token"]
        assert desk(simulator) == {"renewed": 1, "refused": 0}

    def test_without_the_lock_one_of_them_is_refused(
        self, job: Job, simulator: SimulatorHandle
    ) -> None:
        """What the lock is for: this is how it would go."""
        simulator.fault("latency", route="oauth", seconds=0.5)
        job.is_locked = False
        told = race(job)
        assert [each.get("error") for each in told].count("ShopifyAccessError") == 1
        assert desk(simulator) == {"renewed": 1, "refused": 1}


class TestOneProcess:
    def test_asks_only_shortly_before_the_end(self, job: Job, simulator: SimulatorHandle) -> None:
        job.now = iso_utc(simulator.now() - timedelta(minutes=4))
        before = job.tokens().current()
        assert desk(simulator)["renewed"] == 0
        job.now = iso_utc(simulator.now())
        after = job.tokens().current()
        assert after != before
        assert job.tokens().current() == after
        assert desk(simulator) == {"renewed": 1, "refused": 0}

    def test_a_lasting_token_needs_nobody(self, job: Job, simulator: SimulatorHandle) -> None:
        own = simulator.shops[SHOP_ID]["sources"]["shopify"]
        database, vault = Database(job.database_url), Vault.in_home(Path(job.home))
        with database.jobs() as session:
            credentials.save_credential(session, vault, job.shop_id, "shopify", own)
        assert job.tokens().current() == own["access_token"]
        database.dispose()

    def test_a_failed_renewal_keeps_what_was(self, job: Job, simulator: SimulatorHandle) -> None:
        tokens = job.tokens()
        simulator.set_token(SHOP_ID, None)
        with pytest.raises(ShopifyAccessError, match="invalid_grant") as caught:
            tokens.current()
        kept = tokens.keeper.exchange(lambda _: True, lambda fields: fields)
        assert kept["refresh_token"] == tokens.fields["refresh_token"]
        assert kept["refresh_token"] not in str(caught.value)

    def test_without_the_apps_secret_it_says_so(self, job: Job) -> None:
        tokens = job.tokens()
        bare = {k: v for k, v in tokens.fields.items() if k not in ("client_id", "client_secret")}
        access = Access(job.shop_id, bare, tokens.clock, tokens=tokens.keeper)
        with pytest.raises(ShopifyAccessError, match="shopify_client_secret"):
            type(tokens).of(access).current()

    def test_a_credential_that_is_gone(self, job: Job) -> None:
        tokens = job.tokens()
        assert isinstance(tokens.keeper, CredentialKeeper)
        with tokens.keeper.database.jobs() as session:
            credentials.delete_credential(session, job.shop_id, "shopify")
        with pytest.raises(NotFoundError, match="no credentials"):
            tokens.current()
