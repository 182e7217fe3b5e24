"""The web server as a process of its own, in front of one connected shop: `python -m benchmarks.serving`."""

import json
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from hotdash.base.clock import FixedClock, SystemClock
from hotdash.base.logging import configure_logging
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.server import serve
from hotdash.governance.access.sessions import open_session
from hotdash.simulators.shopify.oauth import CLIENT_SECRET
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from tests.fixtures.free_ports import free_port
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.shops import add_shop
from tests.fixtures.simulator import SHOP_ID


@dataclass(frozen=True)
class ServedHouse:
    port: int
    database: Database

    def cookie(self, user_id: UUID, at: datetime) -> str:
        """Of somebody who signed in a moment ago."""
        with self.database.as_user(None) as session:
            opened = open_session(session, user_id, at, timedelta(hours=1))
        return f"hotdash-session-{self.port}={opened.token}"


@contextmanager
def served(home: Path, urls: DatabaseUrls) -> Generator[ServedHouse]:
    """In front of one shop whose webhooks are signed as the simulator signs them."""
    home.mkdir(parents=True, exist_ok=True)
    database = Database(urls.owner)
    with database.jobs() as session:
        add_shop(session, SHOP_ID)
        fields = {"access_token": "x", "client_secret": CLIENT_SECRET}
        credentials.save_credential(session, Vault.in_home(home), SHOP_ID, "shopify", fields)
    with served_as_it_is(home, database, urls) as house:
        yield house
    database.dispose()


@contextmanager
def served_as_it_is(
    home: Path, database: Database, urls: DatabaseUrls, now: datetime | None = None
) -> Generator[ServedHouse]:
    """Where the data is of another day than today, it is that moment for the server."""
    port = free_port()
    told = {"port": port, "home": str(home), "owner": urls.owner, "web": urls.web}
    if now is not None:
        told["now"] = now.isoformat()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.serving", json.dumps(told)])
    try:
        wait_until_up(f"http://127.0.0.1:{port}")
        yield ServedHouse(port, database)
    finally:
        process.terminate()
        process.wait(20)


def wait_until_up(address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/healthz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError("the web server did not start")


def main(told: dict[str, Any]) -> None:
    home = Path(told["home"])
    configure_logging("info", home / "hotdash.ndjson")
    base_url = f"http://127.0.0.1:{told['port']}"
    context = WebContext(
        database=Database(told["owner"], web_url=told["web"]),
        base_url=base_url,
        session_hours=1,
        sign_in_link_minutes=15,
        secret=b"of the benchmark",
        home=home,
        version="0",
        clock=FixedClock(datetime.fromisoformat(told["now"])) if "now" in told else SystemClock(),
        vault=Vault.in_home(home),
    )
    serve("127.0.0.1", told["port"], context)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
