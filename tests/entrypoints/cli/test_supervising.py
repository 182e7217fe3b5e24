"""Children that are kept alive, with a clock that is told; and `hotdash up` as it is, killed and all."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from hotdash.entrypoints.cli.child_processes import Child, Says
from hotdash.entrypoints.cli.supervising import BackOff, Plan, Supervisor
from tests.fixtures.free_ports import free_port
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.processes import clean_environment, processes_mentioning, until_gone


class TestBackOff:
    def test_later_each_time_up_to_a_minute_and_anew_after_a_long_life(self) -> None:
        back_off = BackOff()
        assert [back_off.after(0.5) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
        assert back_off.after(61.0) == 1
        assert back_off.after(1.0) == 2


class TestSupervisor:
    def test_a_child_that_crashes_is_started_again_and_all_end_together(
        self, tmp_path: Path
    ) -> None:
        time_now = [100.0]
        said: list[str] = []
        children: dict[str, list[Child]] = {"crashing": [], "staying": []}

        def plan(name: str, program: str) -> Plan[Child]:
            def start() -> Child:
                command = [sys.executable, "-c", program]
                children[name].append(Child(name, command, tmp_path / name, Says.TO_THE_LOG))
                return children[name][-1]

            return Plan(name, start, tmp_path / name)

        with Supervisor(said.append, lambda: time_now[0]) as supervisor:
            crash = plan("crashing", "raise SystemExit(3)")
            supervisor.start([crash, plan("staying", "import time; time.sleep(60)")])
            children["crashing"][0].wait()
            supervisor.look()
            assert "crashing ended with exit code 3; it is started again in 1 s" in said[0]
            time_now[0] += 0.9
            supervisor.look()
            assert len(children["crashing"]) == 1, "not before its time"
            time_now[0] += 0.2
            supervisor.look()
            assert len(children["crashing"]) == 2
            assert len(said) == 1
        assert children["staying"][0].exit_code() == -signal.SIGTERM


SAYS_WHEN_READY = """
import signal, sys, time
def end(*_):
    time.sleep({needed})
    sys.exit(7)
signal.signal(signal.SIGTERM, end)
print("{{}}", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("needed", "given", "code"), [(0.2, 60.0, 7), (60.0, 0.2, -signal.SIGKILL)]
)
def test_a_child_has_the_time_it_is_given_to_end(
    tmp_path: Path, needed: float, given: float, code: int
) -> None:
    program = SAYS_WHEN_READY.format(needed=needed)
    command = [sys.executable, "-c", program]
    child = Child("slow", command, tmp_path / "slow.log", Says.TO_US, end_seconds=given)
    child.first_line(60)
    child.end()
    assert child.wait() == code


ENDS_A_SLOW_CHILD = """
import os, signal, sys, threading
from pathlib import Path
from hotdash.entrypoints.cli.child_processes import Child, Says
signal.signal(signal.SIGINT, signal.default_int_handler)
command = [sys.executable, "-c", sys.argv[1]]
child = Child("slow", command, Path(sys.argv[2]), Says.TO_US, end_seconds=60)
child.first_line(60)
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
child.end()
print(child.wait())
"""


def test_who_does_not_want_to_wait_ends_it_at_once(tmp_path: Path) -> None:
    """By a second Ctrl-C, which must not leave the children that are still to be ended."""
    command = [sys.executable, "-c", ENDS_A_SLOW_CHILD, SAYS_WHEN_READY.format(needed=60)]
    done = subprocess.run([*command, tmp_path / "log"], capture_output=True, text=True, timeout=50)
    assert (done.stdout.strip(), done.returncode) == (str(-signal.SIGKILL), 0), done.stderr


class RunningUp:
    def __init__(self, folder: Path, url: str, port: int) -> None:
        self.environment = {**clean_environment(), "HOTDASH_DATABASE_URL": url}
        command = [sys.executable, "-m", "hotdash", "up", "--json", "--port", str(port)]
        self.process = subprocess.Popen(
            command, cwd=folder, env=self.environment, stdout=subprocess.PIPE, text=True
        )
        self.folder = folder

    def address(self) -> str:
        command = [sys.executable, "-m", "hotdash", "status", "--json"]
        told = subprocess.check_output(command, cwd=self.folder, env=self.environment)
        return json.loads(told)["address"]

    def told(self) -> dict[str, object]:
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if line.rstrip() == "}":
                break
        return json.loads("".join(lines))


@pytest.mark.slow
class TestUp:
    @pytest.fixture
    def running(self, tmp_path: Path, database_urls: DatabaseUrls) -> Iterator[RunningUp]:
        up = RunningUp(tmp_path, database_urls.owner, free_port())
        yield up
        up.process.kill()
        up.process.wait(20)

    def test_it_serves_and_works_gives_way_restarts_what_was_killed_and_ends_together(
        self, running: RunningUp
    ) -> None:
        url = running.told()["url"]

        def workers() -> int:
            return httpx.get(f"{url}/readyz").json()["workers"]

        until(lambda: workers() == 1)
        assert running.address() == url, "though the settings say another port"
        [worker] = [pid for pid in children_of(running.process.pid) if is_called(pid, "worker")]
        [web] = [pid for pid in children_of(running.process.pid) if is_called(pid, "serve")]
        own = os.getpriority(os.PRIO_PROCESS, web)
        until(lambda: os.getpriority(os.PRIO_PROCESS, worker) > own)
        os.kill(worker, signal.SIGKILL)
        until(lambda: any(is_called(pid, "worker") for pid in others(running, worker)))
        until(lambda: workers() == 1)
        parent = f"--parent\0{running.process.pid}\0"
        assert len(processes_mentioning([parent])) == 2
        running.process.kill()
        running.process.wait(20)
        assert until_gone([parent]) == [], "also where nobody could end them"


def children_of(pid: int) -> list[int]:
    return processes_mentioning([f"--parent\0{pid}\0"])


def others(running: RunningUp, gone: int) -> list[int]:
    return [pid for pid in children_of(running.process.pid) if pid != gone]


def is_called(pid: int, command: str) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(command.encode())
    except OSError:
        return False


def until(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
