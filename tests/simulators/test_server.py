"""The simulator as a program: it says where it listens, refuses what it cannot do, and ends with its parent."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

SMALL = ("--orders", "20", "--until", "2026-11-20T18:00:00Z")


def command(*flags: str) -> list[str]:
    return [sys.executable, "-m", "hotdash.simulators.server", *SMALL, *flags]


@contextmanager
def started(*flags: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    process = subprocess.Popen(
        command(*flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_it_answers_where_it_says() -> None:
    with started("--frozen") as (_, ready):
        told = httpx.get(f"http://127.0.0.1:{ready['port']}/_simulator").json()
        assert told["now"] == told["until"] == "2026-11-20T18:00:00.000000Z"


def test_its_clock_runs_from_where_it_is_set() -> None:
    with started("--clock", "2026-12-01T00:00:00Z") as (_, ready):
        told = httpx.get(f"http://127.0.0.1:{ready['port']}/_simulator").json()
        assert "2026-12-01T00:00:00.000000Z" < told["now"] < "2026-12-01T00:00:30.000000Z"


def test_an_occupied_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            command("--port", str(port)), capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("caught", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_told_and_leaves_no_files(caught: signal.Signals, tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command(), stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    process.stdout.readline()
    assert list(tmp_path.iterdir())
    process.send_signal(caught)
    assert process.wait(10) == 0
    assert not list(tmp_path.iterdir())


def test_it_ends_when_its_parent_is_gone() -> None:
    spawn = (
        "import os, subprocess, sys, time\n"
        f"child = subprocess.Popen({command()!r} + ['--parent', str(os.getpid())],"
        " stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", spawn], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while not is_over(child):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_over(process: int) -> bool:
    """Also where nobody has asked yet how it ended."""
    try:
        return "zombie" in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True


def test_what_goes_wrong_in_it_never_fills_the_pipe_of_who_started_it() -> None:
    """Every dropped connection is an error that its server logs; a pipe holds 64 KiB."""
    with started("--frozen") as (process, ready):
        base = f"http://127.0.0.1:{ready['port']}"
        fault = {"kind": "reset", "vendor": "meta_ads"}
        httpx.post(f"{base}/_simulator/faults", json=fault).raise_for_status()
        for _ in range(3):
            with pytest.raises(httpx.TransportError):
                httpx.get(f"{base}/meta_ads/v26.0/me")
        httpx.delete(f"{base}/_simulator/faults").raise_for_status()
        process.terminate()
        said, _ = process.communicate(timeout=10)
    assert said == ""
