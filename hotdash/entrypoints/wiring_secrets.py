"""What this installation knows of its secrets, and where it looks for them."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from hotdash.base.settings import TOML_FILE, Settings
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_evidence import known_secrets
from hotdash.governance.backup.archive import BACKUPS
from hotdash.governance.backup.archive import KEY_FILE as BACKUP_KEY_FILE
from hotdash.governance.changes.git import GitError, Repository
from hotdash.governance.secrets.scan import Scanned, Scanner, scan_home, scan_tree
from hotdash.storage.secrets import KEY_FILE

KEY_FILES = (KEY_FILE, BACKUP_KEY_FILE)


def scanner(house: Installation) -> Scanner:
    return Scanner(frozenset(each for each in known_secrets(house) if _is_secret(each)))


def scan_of_home(house: Installation, known: Scanner) -> Scanned:
    home = house.settings.home
    keys = [home / name for name in KEY_FILES]
    return scan_home(home, known, keys=keys, sealed=home / BACKUPS)


def scan_of_tree(folder: Path, known: Scanner) -> Scanned | None:
    """None where nobody keeps this folder in git: then nothing of it goes anywhere."""
    repository = Repository(folder)
    try:
        root, paths = repository.root, repository.paths()
    except GitError:
        return None
    return scan_tree(root, paths, known, never=KEY_FILES)


def secret_settings(settings: Settings) -> Iterator[tuple[str, str]]:
    """Those that are set, each with where it stands: what a person has to change in two places."""
    for name in sorted(Settings.model_fields):
        if isinstance(getattr(settings, name), SecretStr):
            variable = f"HOTDASH_{name.upper()}"
            yield name, variable if variable in _variables() else f"{TOML_FILE} or --set"


def open_settings_file() -> Path | None:
    """The settings file, where others on this machine can read it."""
    file = Path(TOML_FILE).absolute()
    is_open = file.is_file() and file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH)
    return file if is_open else None


def _variables() -> frozenset[str]:
    return frozenset(name.upper() for name in os.environ)


def _is_secret(value: str) -> bool:
    """A database's address without a password opens nothing by itself, and stands in logs for good."""
    return not value.startswith("postgres") or bool(urlsplit(value).password)
