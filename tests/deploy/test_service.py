"""The unit as systemd reads it; every path it needs is one that it may use."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNIT = ROOT / "deploy/systemd/hotdash.service"


def service() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text().split("[Service]")[1].split("[Install]")[0].splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


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
