"""The web server as a process of its own, in front of one connected shop: `python -m benchmarks.serving`."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from hotdash.base.clock import SystemClock
from hotdash.base.logging import configure_logging
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.server import serve
from hotdash.simulators.shopify.oauth import CLIENT_SECRET
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.processes import free_port
from tests.fixtures.shops import add_shop
from tests.fixtures.simulator import SHOP_ID


@dataclass(frozen=True)
class ServedHouse:
    port: int
    database: Database


@contextmanager
def served(home: Path, urls: DatabaseUrls) -> Iterator[ServedHouse]:
    home.mkdir(parents=True, exist_ok=True)
    database = Database(urls.owner)
    with database.jobs() as session:
        add_shop(session, SHOP_ID)
        fields = {"access_token": "x", "client_secret": CLIENT_SECRET}
        credentials.save_credential(session, Vault.in_home(home), SHOP_ID, "shopify", fields)
    port = free_port()
    told = {"port": port, "home": str(home), "owner": urls.owner, "web": urls.web}
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.serving", json.dumps(told)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address)
        yield ServedHouse(port, database)
    finally:
        process.terminate()
        process.wait(20)
        database.dispose()


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
        clock=SystemClock(),
        vault=Vault.in_home(home),
    )
    serve("127.0.0.1", told["port"], context)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
