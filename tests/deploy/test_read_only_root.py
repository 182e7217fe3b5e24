"""Everything but the home and the place for passing files is read-only, and all works: what a container promises."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fixtures.free_ports import free_port
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.processes import clean_environment
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

# In a namespace of its own, so that the machine's mounts stay as they are.
READ_ONLY = """
set -eu
mount --make-rprivate /
mount --bind "$1" "$1"
for place in $(findmnt --raw --noheadings --output TARGET | sort --unique); do
    case "$place" in
        "$1"|/proc*|/sys*|/dev*) ;;
        *) mount -o remount,bind,ro "$place" ;;
    esac
done
cd "$1"
shift
exec "$@"
"""


def confined(folder: Path, *command: str) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", str(folder), *command]


def can_confine() -> bool:
    if os.geteuid() != 0 or sys.platform != "linux":
        return False
    probe = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not can_confine(), reason="mounts cannot be changed on this machine"),
]


class Confined:
    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "passing").mkdir()
        self.environment = {
            **clean_environment(),
            "HOTDASH_DATABASE_URL": database_url,
            "HOTDASH_HOME": str(folder / "home"),
            "HOTDASH_PORT": str(self.port),
            "HOME": str(folder),
            "TMPDIR": str(folder / "passing"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def command(self, *words: str) -> list[str]:
        return confined(self.folder, sys.executable, "-m", "hotdash", *words)

    def told(self, *words: str, stdin: str = "") -> dict[str, object]:
        done = subprocess.run(
            self.command(*words, "--json"),
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, template_urls: DatabaseUrls
) -> Iterator[Confined]:
    with new_database(template_urls, "template1") as urls:
        yield Confined(tmp_path_factory.mktemp("confined"), urls.owner)


def test_the_root_is_read_only(house: Confined) -> None:
    elsewhere = house.folder.parent / "elsewhere"
    for place, expected in ((house.folder / "here", 0), (elsewhere, 1), (Path("/var/x"), 1)):
        done = subprocess.run(
            confined(house.folder, "touch", str(place)), capture_output=True, check=False
        )
        assert done.returncode == expected, done.stderr


def test_a_shop_is_set_up_run_and_served(
    house: Confined, simulator_of_today: SimulatorHandle
) -> None:
    fields = simulator_of_today.shops[SHOP_ID]["sources"]["shopify"]
    house.told("migrate")
    flags = ("--email", "me@example.com", "--shop", fields["domain"])
    house.told(
        *("init", *flags, "--address", fields["base_url"], "--token-stdin"),
        stdin=f"{fields['access_token']}\n",
    )
    assert house.told("run")["failed"] is False
    served = subprocess.Popen(house.command("up", "--json"), env=house.environment)
    try:
        assert ready(f"http://127.0.0.1:{house.port}")["workers"] == 1
    finally:
        served.terminate()
        served.wait(60)


def ready(url: str, seconds: float = 90.0) -> dict[str, object]:
    deadline = time.monotonic() + seconds
    while True:
        try:
            told = httpx.get(f"{url}/readyz").json()
        except httpx.TransportError:
            told = {"workers": 0}
        if told.get("workers") == 1 or time.monotonic() > deadline:
            return told
        time.sleep(0.2)
