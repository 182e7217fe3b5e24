"""Loading speaks to the warehouse and to nobody else, and leaves nothing beside its own folder."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

LOAD = """
import socket, sys
from pathlib import Path

def refuse(*arguments):
    raise SystemExit(f"somebody was to be told: {arguments}")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse

from dlt.common.runtime import telemetry

telemetry.init_anon_tracker = refuse

from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.chapters import load_all

home = Path(sys.argv[1])
warehouse = open_warehouse("duckdb", home=home, memory_mb=512, url=None)
load_all(warehouse, home)
warehouse.close()
"""


def test_a_load_tells_nobody_even_where_dlt_was_told_to(tmp_path: Path) -> None:
    user, home = tmp_path / "user", tmp_path / "home"
    user.mkdir()
    environment = {
        **os.environ,
        "HOME": str(user),
        "RUNTIME__DLTHUB_TELEMETRY": "true",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(home)],
        cwd=user,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(user.iterdir()) == []
    assert sorted(path.name for path in home.iterdir()) == ["warehouse.duckdb", "warehouse.tmp"]
