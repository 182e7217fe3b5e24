"""Where exports of people lie; one that a killed process did not end is nobody's and goes."""

from pathlib import Path

from hotdash.governance.privacy.erasure_key import FOLDER

EXPORTS = FOLDER / "exports"


def unfinished(file: Path) -> Path:
    """Under this name an archive is written until it is whole."""
    return file.with_name(f".{file.name}")


def remove_unfinished(home: Path) -> None:
    """The caller holds the lease, under which every export is written."""
    for left in (home / EXPORTS).glob(".*.zip"):
        left.unlink(missing_ok=True)
