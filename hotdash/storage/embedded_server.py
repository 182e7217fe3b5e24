"""One Postgres server process: made, started, found again and stopped, never through a shell."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hotdash.base.errors import UnavailableError
from hotdash.storage.embedded_account import Account, as_account
from hotdash.storage.embedded_binaries import MAJOR, Binaries
from hotdash.storage.embedded_folders import PORT, Folders, hand_over

ADMIN = "postgres"
_START_SECONDS = 60.0
# Of a fast stop, and of an immediate one where that takes too long.
STOP_SECONDS = (30.0, 10.0)
_STILL_DYING = "Terminate any old server processes associated with data directory"
_LOG_BYTES = 8 * 1024 * 1024
_SMALL_AND_FAST = {
    "listen_addresses": "",
    "shared_buffers": "96MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    # One server without replicas: bulk loads into new tables need no WAL.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
}


@dataclass
class Server:
    folders: Folders
    binaries: Binaries
    account: Account
    options: Mapping[str, str]

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ensure_running(self) -> None:
        self._ensure_data()
        deadline = time.monotonic() + _START_SECONDS
        while self._status() != "ready" or self._pid() is None:
            self._bring_up()
            if time.monotonic() > deadline:
                raise self._cannot_start("started", f"not ready after {_START_SECONDS:.0f} s")
            time.sleep(0.01)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, nothing committed is lost."""
        pid = self._pid()
        if pid is None:
            return
        for number, seconds in zip((signal.SIGINT, signal.SIGQUIT), STOP_SECONDS, strict=True):
            _signal(pid, number)
            if self._ended(seconds):
                return
        raise UnavailableError(
            f"The embedded Postgres (process {pid}) does not stop.",
            hint=f"See {self.folders.log}.",
        )

    def run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.binaries.program(program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
            umask=0o077,
            **as_account(self.account),
        )

    def _ensure_data(self) -> None:
        if not self.folders.data.is_dir():
            self._make_data()
        version = (self.folders.data / "PG_VERSION").read_text().strip()
        if version != str(MAJOR):
            raise UnavailableError(
                f"The data in {self.folders.data} was written by Postgres {version}; "
                f"this installation brings Postgres {MAJOR}.",
                hint=f"Run a Postgres {version} on that folder, move the data with pg_dump, and "
                "set HOTDASH_DATABASE_URL; or install the version of Hotdash that wrote it.",
            )

    def _make_data(self) -> None:
        """Under another name until it is whole, so that a killed start leaves nothing half made."""
        unfinished = self.folders.unfinished_data
        shutil.rmtree(unfinished, ignore_errors=True)
        hand_over(unfinished, self.account)
        done = self.run(
            "initdb",
            *("-D", str(unfinished), "-U", ADMIN, "--auth=peer", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *(["--no-sync"] if self.options.get("fsync") == "off" else []),
        )
        if done.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self._cannot_start("made", done.stderr)
        unfinished.rename(self.folders.data)

    def _launch(self) -> None:
        self._clear_leftovers()
        if self.folders.log.exists() and self.folders.log.stat().st_size > _LOG_BYTES:
            self.folders.log.unlink()
        log = os.open(self.folders.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = subprocess.Popen(
                [self.binaries.program("postgres"), "-D", self.folders.data, *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                umask=0o077,
                **as_account(self.account),
            )
        finally:
            os.close(log)

    def _arguments(self) -> list[str]:
        options = {
            **_SMALL_AND_FAST,
            "port": str(PORT),
            "unix_socket_directories": f'"{self.folders.socket}"',
            "unix_socket_permissions": "0777",
            "hba_file": str(self.folders.access_rules),
            "ident_file": str(self.folders.access_names),
            **self.options,
        }
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _clear_leftovers(self) -> None:
        """After a crash the pid file may name a process that is somebody else's by now."""
        (self.folders.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.folders.socket.iterdir():
            leftover.unlink()

    def _bring_up(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            said = self._log_tail()
            # Backends outlive a killed postmaster for a moment; then the folder is free.
            if not said.rstrip().endswith(_STILL_DYING):
                raise self._cannot_start("started", said)
            time.sleep(0.2)
            self._process = None
        if self._process is None and self._pid() is None:
            self._launch()

    def _pid_file(self) -> list[str]:
        try:
            return (self.folders.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _pid(self) -> int | None:
        """The running server of this folder, whoever started it."""
        lines = self._pid_file()
        if not lines or not lines[0].strip().isdigit():
            return None
        pid = int(lines[0])
        return pid if os.fsencode(self.folders.data) in _command_line(pid) else None

    def _status(self) -> str:
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def _ended(self, seconds: float) -> bool:
        # Not the process is watched but its file: a dead child of somebody else stays a zombie.
        deadline = time.monotonic() + seconds
        while self._pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        if self._process is not None:
            self._process.wait()
        return True

    def _log_tail(self) -> str:
        return self.folders.log.read_text(errors="replace")[-2000:]

    def _cannot_start(self, verb: str, said: str) -> UnavailableError:
        reason = _last_complaint(said)
        hint = f"See {self.folders.log}, or set HOTDASH_DATABASE_URL to a Postgres 15 to 18."
        if "No space left" in said:
            hint = f"Free some space on the disk of {self.folders.instance} and start again."
        return UnavailableError(
            f"The embedded Postgres in {self.folders.instance} cannot be {verb}: {reason}.",
            hint=hint,
        )


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LD_")) and name not in ("LANG", "LANGUAGE", "HOME")
    }
    return {**kept, "LC_ALL": "C"}


def _command_line(pid: int) -> bytes:
    processes = Path("/proc")
    if (processes / "self/cmdline").exists():
        try:
            return (processes / str(pid) / "cmdline").read_bytes()
        except OSError:
            return b""
    return subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
    ).stdout


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _last_complaint(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for line in reversed(lines):
        for mark in ("FATAL:", "PANIC:", "initdb: error:"):
            if mark in line:
                return line.split(mark, 1)[1].strip().rstrip(".")
    return lines[-1].rstrip(".") if lines else "it gave no reason"
