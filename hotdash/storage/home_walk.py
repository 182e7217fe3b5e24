"""One walk over a home for everybody who looks at its files, and the folders in it that are made again by themselves."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

MADE_AGAIN = frozenset({"warehouse.tmp", "logs", "cache", "dbt", "dlt", "demo", "drill"})


def files_below(home: Path, enters: Callable[[Path], bool] = lambda folder: True) -> Iterator[Path]:
    """In a steady order; links lead elsewhere and are not followed."""
    for place, folders, names in os.walk(home):
        here = Path(place)
        folders[:] = sorted(name for name in folders if enters(here / name))
        for name in sorted(names):
            file = here / name
            if file.is_file() and not file.is_symlink():
                yield file


def is_made_again(name: str) -> bool:
    """By its path below the home."""
    return name.partition("/")[0] in MADE_AGAIN


def keep_name(file: Path) -> None:
    """A rename is on the disk once its folder is."""
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
