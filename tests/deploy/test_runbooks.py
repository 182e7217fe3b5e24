"""An upgrade and its undoing, carried out as they are written, between two versions.

What stands in for the machine: folders below the test's own, a service manager that starts what the unit
says (systemd itself only runs as the first process), and the versions, which lie there already, because
their installation (blocks marked `sh`) needs a package index.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded_binaries import wheel_binaries
from tests.fixtures.free_ports import free_port
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.processes import clean_environment
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

ROOT = Path(__file__).resolve().parents[2]
AS_SERVICE = ROOT / "deploy/systemd/hotdash-as-service"
GUIDE = ROOT / "docs/guides/deploy-vm.md"
UNDO = ROOT / "docs/runbooks/undo-an-upgrade.md"
UNIT = ROOT / "deploy/systemd/hotdash.service"
PARTS = ("hotdash", "warehouse", "metrics", "contracts")
SYSTEMCTL = """#!/bin/bash
set -euo pipefail
stop() {
    if [ -f "$LIB/pid" ]; then
        kill "$(cat "$LIB/pid")" && while kill -0 "$(cat "$LIB/pid")" 2>/dev/null; do sleep 0.1; done
        rm "$LIB/pid"
    fi
}
start() {
    cd "$LIB"
    while IFS= read -r line; do export "$line"; done < "$ETC/hotdash.env"
    export HOTDASH_HOME="$LIB/home"
    EXEC_START >> "$LIB/journal" 2>&1 &
    echo $! > "$LIB/pid"
}
case "$1" in
    start) start ;;
    stop) stop ;;
    restart) stop; start ;;
esac
"""


def with_signs(url: str) -> str:
    """Which a shell would take for its own."""
    return f"{url}{'&' if '?' in url else '?'}application_name=a$b&connect_timeout=20"


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```bash\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)


def set_up_a_shop(machine: "Machine", simulator: SimulatorHandle) -> None:
    shop = simulator.shops[SHOP_ID]["sources"]["shopify"]
    machine.run(
        "hotdash-as-service migrate\n"
        f"hotdash-as-service init --email me@example.com --shop {shop['domain']}"
        f" --address {shop['base_url']} --token-stdin <<< {shop['access_token']}\n"
        "systemctl start hotdash"
    )


class Machine:
    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database = Database(database_url)
        self.opt, self.etc, self.lib = (folder / name for name in ("opt", "etc", "lib"))
        self.copies, self.bin = folder / "copies", folder / "bin"
        self.port = free_port()
        for each in (self.opt, self.etc, self.lib, self.bin):
            each.mkdir()
        (self.etc / "hotdash.env").write_text(
            f"HOTDASH_DATABASE_URL={with_signs(database_url)}\nHOTDASH_PORT={self.port}\n"
        )
        self._write(self.bin / "systemctl", SYSTEMCTL.replace("EXEC_START", self._exec_start()))
        self._write(self.bin / "hotdash-as-service", self._as_service())
        self.place("new", ROOT)
        self.place("old", self._version_before())
        (self.opt / "current").symlink_to(self.opt / "old")

    def run(self, script: str) -> str:
        """As root types it, and stopped at the first command that fails."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}{self.journal()}"
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        postgres = wheel_binaries().program("pg_dump").parent
        return {
            **clean_environment(),
            "PATH": f"{self.bin}:{postgres}:{os.environ['PATH']}",
            "OLD": "old",
            "NEW": "new",
            "OPT": str(self.opt),
            "COPIES": str(self.copies),
            "LIB": str(self.lib),
            "ETC": str(self.etc),
            "PORT": str(self.port),
            "HOTDASH_DATABASE_URL": self.database.direct_uri,
        }

    def place(self, name: str, code: Path) -> None:
        """A version as an environment has it: a folder with its command."""
        (self.opt / name / "bin").mkdir(parents=True)
        self._write(
            self.opt / name / "bin/hotdash",
            f'#!/bin/sh\nPYTHONPATH={code} exec {sys.executable} -m hotdash "$@"\n',
        )

    def revision(self) -> str:
        with self.database.direct() as connection:
            [(revision,)] = connection.execute("select version_num from app.alembic_version")
        return str(revision)

    def serving(self) -> Path:
        """The code that the running service is of."""
        child = subprocess.check_output(["pgrep", "-P", (self.lib / "pid").read_text().strip()])
        environment = Path(f"/proc/{child.split()[0].decode()}/environ").read_bytes()
        [path] = re.findall(rb"PYTHONPATH=([^\0]+)", environment)
        return Path(path.decode())

    def journal(self) -> str:
        file = self.lib / "journal"
        return file.read_text()[-3000:] if file.exists() else ""

    def _exec_start(self) -> str:
        [line] = re.findall(r"^ExecStart=(.+)$", UNIT.read_text(), re.MULTILINE)
        return line.replace("/opt/hotdash", "$OPT")

    def _as_service(self) -> str:
        script = AS_SERVICE.read_text()
        own = script.replace("setpriv --reuid hotdash --regid hotdash --init-groups ", "")
        assert own != script
        for path, here in (
            ("/opt/hotdash", self.opt),
            ("/etc/hotdash", self.etc),
            ("/var/lib/hotdash", self.lib),
        ):
            own = own.replace(path, str(here))
        return own

    def _version_before(self) -> Path:
        """This one without its newest migration."""
        code = self.folder / "before"
        for part in PARTS:
            left_out = shutil.ignore_patterns("__pycache__", "target", "logs")
            shutil.copytree(ROOT / part, code / part, ignore=left_out)
        shutil.copytree(ROOT / "docs/runbooks", code / "docs/runbooks")
        shutil.copy(ROOT / "pyproject.toml", code)
        versions = code / "hotdash/storage/appdb/migrations/versions"
        newest = sorted(versions.glob("[0-9]*.py"))[-1].name.partition("_")[0]
        for file in versions.glob(f"{newest}_*"):
            file.unlink()
        return code

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text)
        file.chmod(0o755)


@pytest.fixture(scope="module")
def machine(
    tmp_path_factory: pytest.TempPathFactory,
    template_urls: DatabaseUrls,
    simulator_of_today: SimulatorHandle,
) -> Iterator[Machine]:
    with new_database(template_urls, "template1") as urls:
        machine = Machine(tmp_path_factory.mktemp("machine"), urls.owner)
        set_up_a_shop(machine, simulator_of_today)
        try:
            yield machine
        finally:
            machine.run("systemctl stop hotdash")
            machine.database.dispose()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_as_written_and_undone_as_written(machine: Machine) -> None:
    before = machine.revision()
    for block in blocks(GUIDE):
        machine.run(block)
    assert machine.revision() > before
    assert (machine.opt / "current").resolve() == machine.opt / "new"
    assert machine.serving() == ROOT
    copied = json.loads((machine.copies / "migrated.json").read_text())
    assert (copied["before"], copied["after"]) == (before, machine.revision())
    assert copied["workers"] == []

    for block in blocks(UNDO):
        machine.run(block)
    assert machine.revision() == before
    assert machine.serving() == machine.folder / "before"
    told = httpx.get(f"http://127.0.0.1:{machine.port}/readyz")
    assert told.json()["status"] == "ready"
    shops = json.loads(machine.run("hotdash-as-service status --json"))["shops"]
    assert [each["shop"] for each in shops] == [SHOP_ID]


def test_every_step_is_carried_out_or_needs_an_index() -> None:
    """A block of another kind would be passed over without a word."""
    for page in (GUIDE, UNDO):
        kinds = [kind for kind in re.findall(r"^```(\w*)$", page.read_text(), re.M) if kind]
        assert set(kinds) == {"bash", "sh"}
    assert (len(blocks(GUIDE)), len(blocks(UNDO))) == (3, 4)
