"""Child processes: started, waited for until ready, and ended with their parent however that ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import Any

import httpx

from hotdash.base.errors import UnavailableError
from hotdash.base.settings import PREFIX

END_SECONDS = 5.0


class Says(Enum):
    TO_US = auto()
    TO_THE_LOG = auto()
    TO_THE_USER = auto()


class Child:
    """Told the parent's process id, a child ends itself when that process is gone, also by kill -9."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        says: Says,
        *,
        keeps_settings: bool = False,
        end_seconds: float = END_SECONDS,
    ) -> None:
        """A child that keeps our settings finds hotdash.toml and the environment as we found them."""
        self.name = name
        self._end_seconds = end_seconds
        self._log_path = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as log_file:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                env=dict(os.environ) if keeps_settings else _without_settings(),
                cwd=None if keeps_settings else log.parent,
                stdout={Says.TO_US: subprocess.PIPE, Says.TO_THE_LOG: log_file}.get(says),
                stderr=None if says is Says.TO_THE_USER else log_file,
                # Ctrl-C reaches the parent only, which then ends its children in order.
                start_new_session=True,
            )

    def first_line(self, seconds: float) -> dict[str, Any]:
        """What the child says of itself in one line of JSON once it is ready."""
        said: list[bytes] = []
        stream = self._process.stdout
        assert stream is not None, "only a child that speaks is asked"
        reader = threading.Thread(target=lambda: said.append(stream.readline()), daemon=True)
        reader.start()
        reader.join(seconds)
        if not said or not said[0]:
            raise self._not_ready(seconds)
        return json.loads(said[0])

    def wait_for_page(self, url: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if httpx.get(url, timeout=2.0).status_code < 500:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise self._not_ready(seconds)

    def answer(self) -> dict[str, Any] | None:
        """The document it prints before it ends; none when it ended without a word."""
        said, _ = self._process.communicate()
        return json.loads(said) if said else None

    def exit_code(self) -> int | None:
        """None while it lives."""
        return self._process.poll()

    def wait(self) -> int:
        return self._process.wait()

    def end(self) -> None:
        """In order, or at once where somebody interrupts the waiting: the other children are still to be ended."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                return
            self._process.send_signal(number)
            try:
                self._process.wait(self._end_seconds)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                continue

    def ended(self, code: int) -> UnavailableError:
        return UnavailableError(
            f"The {self.name} ended with exit code {code}.", hint=f"See {self._log_path}."
        )

    def _not_ready(self, seconds: float) -> UnavailableError:
        code = self._process.poll()
        how = (
            f"ended with exit code {code}" if code is not None else f"not ready in {seconds:.0f} s"
        )
        return UnavailableError(
            f"The {self.name} did not start: {how}.", hint=f"See {self._log_path}."
        )


@contextmanager
def running(
    name: str, command: Sequence[str], log: Path, says: Says = Says.TO_THE_LOG
) -> Generator[Child]:
    child = Child(name, command, log, says)
    try:
        yield child
    finally:
        child.end()


def _without_settings() -> dict[str, str]:
    """What a real installation set around us is not the demo's."""
    return {name: value for name, value in os.environ.items() if not is_setting(name)}


def is_setting(variable: str) -> bool:
    return variable.upper().startswith(PREFIX)


def python_module(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]
