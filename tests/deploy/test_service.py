"""The unit as systemd reads it; every path it needs is one that it may use."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hotdash.entrypoints.cli.child_processes import END_SECONDS
from hotdash.entrypoints.cli.up import WORKER_END_SECONDS
from hotdash.storage.embedded_server import STOP_SECONDS

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/systemd/hotdash.service"
AS_SERVICE = ROOT / "deploy/systemd/hotdash-as-service"


def service() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().split("[Service]")[1].split("[Install]")[0].splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_a_place_of_backups_outside_is_opened_as_written() -> None:
    """The unit's own folder is all it may write, so a mounted folder needs a drop-in."""
    guide = (ROOT / "docs/guides/deploy-vm.md").read_text().split("## Backups")[1]
    [written] = re.findall(r"printf '([^']+)'", guide)
    [url] = re.findall(r"HOTDASH_BACKUP_URL=(/\S+)", guide)
    assert f"[Service]\\nReadWritePaths={url}\\n" in written


def test_it_is_no_root_and_writes_in_one_folder() -> None:
    told = service()
    assert told["User"] == told["Group"] == ["hotdash"]
    assert told["ProtectSystem"] == ["strict"]
    assert "ReadWritePaths" not in told
    assert told["StateDirectory"] == ["hotdash"]
    home = next(each for each in told["Environment"] if each.startswith("HOTDASH_HOME="))
    assert home == "HOTDASH_HOME=/var/lib/hotdash/home"
    assert told["WorkingDirectory"] == ["/var/lib/hotdash"]
    assert (told["NoNewPrivileges"], told["CapabilityBoundingSet"]) == (["yes"], [""])


def test_the_worker_has_the_time_that_unit_and_compose_promise() -> None:
    [promised] = service()["TimeoutStopSec"]
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
    grace = compose["services"]["worker"]["stop_grace_period"].removesuffix("s")
    assert int(grace) > WORKER_END_SECONDS
    # The web server ends after it, and the Postgres that is ours after both.
    assert int(promised) > WORKER_END_SECONDS + END_SECONDS + sum(STOP_SECONDS)


class AsService:
    """The small program, with folders of the test's own and a command that tells its environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "opt/current/bin").mkdir(parents=True)
        for name in ("etc", "lib"):
            (folder / name).mkdir()
        command = folder / "opt/current/bin/hotdash"
        program = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"
        command.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{program}' \"$@\"\n")
        command.chmod(0o755)
        script = AS_SERVICE.read_text()
        for there, here in (
            ("setpriv --reuid hotdash --regid hotdash --init-groups ", ""),
            ("/etc/hotdash/", f"{folder}/etc/"),
            ("/opt/hotdash/", f"{folder}/opt/"),
            ("/var/lib/hotdash", f"{folder}/lib"),
        ):
            assert there in script
            script = script.replace(there, here)
        (folder / "hotdash-as-service").write_text(script)

    def run(self, settings: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        (self.folder / "etc/hotdash.env").write_text(settings)
        command = ["sh", str(self.folder / "hotdash-as-service"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def as_service(tmp_path: Path) -> AsService:
    return AsService(tmp_path)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (
            "A=postgresql://me:p@db/a?host=/tmp&application_name=b",
            "postgresql://me:p@db/a?host=/tmp&application_name=b",
        ),
        (
            "A=dollar$HOME and `touch x` $(touch x); touch x",
            "dollar$HOME and `touch x` $(touch x); touch x",
        ),
        ("A=two  blanks ", "two  blanks"),
        ("A='single $quoted & so'", "single $quoted & so"),
        ('A="double $quoted & so"', "double $quoted & so"),
        ("A=a=b#c", "a=b#c"),
        ("A=", ""),
        ("# A=no\n; A=no\n\n  A=without an end", "without an end"),
        ("A=*", "*"),
    ],
)
def test_commands_see_the_settings_as_they_are_written(
    as_service: AsService, line: str, value: str
) -> None:
    done = as_service.run(line, "backup", "create", "a b")
    assert (done.returncode, done.stderr) == (0, "")
    arguments, environment = json.loads(done.stdout)
    assert arguments == ["backup", "create", "a b"]
    assert environment["A"] == value
    assert environment["HOTDASH_HOME"] == str(as_service.folder / "lib/home")
    assert not [*as_service.folder.rglob("x")]


@pytest.mark.parametrize(
    "line",
    [
        "A=back\\slash-t0k3n",
        "A=it's-t0k3n",
        "A='one' 't0k3n'",
        "A= t0k3n",
        "export A=t0k3n",
        "t0k3n",
        "1A=t0k3n",
    ],
)
def test_what_systemd_would_read_differently_is_refused_and_not_told(
    as_service: AsService, line: str
) -> None:
    done = as_service.run(line, "status")
    assert (done.returncode, done.stdout) == (78, "")
    assert "hotdash.env: " in done.stderr
    assert "t0k3n" not in done.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    """But for the program, which is installed elsewhere here."""
    here = tmp_path / UNIT.name
    program = str(Path(sys.executable).with_name("hotdash"))
    here.write_text(UNIT.read_text().replace("/opt/hotdash/current/bin/hotdash", program))
    command = ["systemd-analyze", "verify", "--man=no", str(here)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    about_it = [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line]
    assert (done.returncode, about_it) == (0, [])
