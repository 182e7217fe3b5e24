"""Where an embedded server keeps its data, socket, locks and log, and who may enter there."""

import os
import re
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hotdash.base.errors import UnavailableError
from hotdash.storage.embedded_account import Account

SYSTEM_HOME = Path("/var/lib/hotdash")
PORT = 5432
_SOCKET_NAME = f".s.PGSQL.{PORT}"
# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL among them.
_LONGEST_SOCKET_PATH = 103
_INSTANCE_NAME = re.compile(r"[0-9a-f]{12}")
_SOCKET_SAFE = re.compile(r"[\w ./+-]+", re.ASCII)


@dataclass(frozen=True)
class Folders:
    """One instance: for root under the system home, else inside the installation's home."""

    instance: Path
    socket: Path

    @property
    def data(self) -> Path:
        return self.instance / "data"

    @property
    def unfinished_data(self) -> Path:
        return self.instance / "data.unfinished"

    @property
    def users_lock(self) -> Path:
        return self.instance / "users.lock"

    @property
    def log(self) -> Path:
        return self.instance / "postgres.log"

    @property
    def access_rules(self) -> Path:
        return self.instance / "pg_hba.conf"

    @property
    def access_names(self) -> Path:
        return self.instance / "pg_ident.conf"


def prepare(own: Path, account: Account, system_home: Path) -> Folders:
    folders = locate(own, account, system_home)
    refuse_copied_home(own, folders)
    if account.uid != os.geteuid():
        _make(system_home, 0o755)
        _make(system_home / "binaries", 0o755)
        _make(system_home / "instances", 0o711)
        _make(folders.instance, 0o711)
        _make(folders.socket, 0o700, account)
    else:
        _make(folders.instance, 0o700)
        _make(folders.socket, 0o700)
        _refuse_strange_owner(folders.socket)
    # For people who find the instance and ask whose it is.
    (folders.instance / "home").write_text(f"{own.parent}\n")
    return folders


def remove(folders: Folders) -> None:
    shutil.rmtree(folders.instance, ignore_errors=True)
    shutil.rmtree(folders.socket, ignore_errors=True)


def hand_over(folder: Path, account: Account) -> None:
    """An empty folder that only this account may enter."""
    _make(folder, 0o700, account)


def locate(own: Path, account: Account, system_home: Path) -> Folders:
    name = _instance_name(own / "instance")
    is_other = account.uid != os.geteuid()
    instance = (system_home / "instances" if is_other else own) / name
    return Folders(instance, _socket_folder(instance, name))


def _instance_name(file: Path) -> str:
    """The name goes with the home, so that a moved home keeps its data and a new one starts empty."""
    if not file.exists():
        _name_instance(file)
    owner = file.stat().st_uid
    if owner != os.geteuid():
        raise UnavailableError(
            f"The embedded Postgres of {file.parent.parent} was started by the user with id "
            f"{owner}; this is {os.geteuid()}.",
            hint="Run Hotdash as that user, or set HOTDASH_HOME to another folder.",
            field="home",
        )
    name = file.read_text().strip()
    if _INSTANCE_NAME.fullmatch(name) is None:
        raise UnavailableError(
            f"{file} does not name an instance of Postgres: {name!r}.",
            hint="Restore that file from a backup; deleting it starts with an empty database.",
            field="home",
        )
    return name


def _name_instance(file: Path) -> None:
    """Whole or not at all: half a name could be the name of something else."""
    unfinished = file.with_suffix(".new")
    with unfinished.open("w") as stream:
        stream.write(secrets.token_hex(6))
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)


def refuse_copied_home(own: Path, folders: Folders) -> None:
    """A copied home names the instance of the home it was copied from, whose data is not its own."""
    note = folders.instance / "home"
    if own in folders.instance.parents or not note.is_file():
        return
    first = Path(note.read_text().strip())
    if first == own.parent or _named_by(first / own.name) != _named_by(own):
        return
    raise UnavailableError(
        f"{own.parent} is a copy of {first}, and both name the same Postgres data.",
        hint=f"Delete {own / 'instance'} to start this copy with an empty database.",
        field="home",
    )


def _named_by(own: Path) -> str | None:
    file = own / "instance"
    return file.read_text().strip() if file.is_file() else None


def _socket_folder(instance: Path, name: str) -> Path:
    beside = instance / "socket"
    if _fits(beside):
        return beside
    for short in (Path(tempfile.gettempdir()), Path("/tmp")):
        folder = short / f"hotdash-{os.geteuid()}-{name}"
        if _fits(folder):
            return folder
    return folder


def _fits(folder: Path) -> bool:
    length = len(os.fsencode(folder / _SOCKET_NAME))
    return length <= _LONGEST_SOCKET_PATH and _SOCKET_SAFE.fullmatch(str(folder)) is not None


def _make(folder: Path, mode: int, owner: Account | None = None) -> None:
    """Ours from the first moment: the mode is set on what we make, never on what we find."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    folder.chmod(mode)
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)


def _refuse_strange_owner(folder: Path) -> None:
    state = folder.lstat()
    if state.st_uid != os.geteuid() or state.st_mode & 0o077 or folder.is_symlink():
        raise UnavailableError(
            f"The folder {folder} for the socket of Postgres is open to others.",
            hint=f"Remove {folder} and start again.",
        )
