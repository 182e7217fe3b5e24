"""granian as a process of its own: it comes up, says nothing, and ends when asked."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hotdash.entrypoints.web.server import PortTakenError, refuse_taken_port
from tests.fixtures.free_ports import free_port

PROGRAM = """
import sys
from pathlib import Path
from hotdash.base.clock import SystemClock
from hotdash.base.logging import configure_logging
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.server import serve
from hotdash.storage.appdb.session import Database

port, home = int(sys.argv[1]), Path(sys.argv[2])
configure_logging("info", home / "hotdash.ndjson")
database = Database("postgresql://nobody@127.0.0.1:1/away")
base_url = f"http://127.0.0.1:{port}"
serve("127.0.0.1", port, WebContext(database, base_url, 1, 1, lambda: [b"s"], home, "0", SystemClock()))
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def process(port: int, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", PROGRAM, str(port), str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.kill()
    process.wait()


def wait_until_up(process: subprocess.Popen[str], port: int) -> httpx.Response:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60)
        except httpx.TransportError:
            time.sleep(0.05)
    process.kill()
    raise AssertionError(f"the server did not come up: {process.communicate()[0]}")


def test_without_its_database_it_says_so_and_ends_quietly_when_asked(
    process: subprocess.Popen[str], port: int
) -> None:
    assert wait_until_up(process, port).status_code == 200
    answer = httpx.get(f"http://127.0.0.1:{port}/readyz")
    assert answer.status_code == 503
    assert "does not answer" in answer.json()["error"]["message"]
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")


def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError) as caught:
            refuse_taken_port("127.0.0.1", port)
    assert f"127.0.0.1:{port}" in caught.value.message
    assert "--port" in caught.value.hint
