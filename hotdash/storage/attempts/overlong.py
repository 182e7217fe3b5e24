"""A line that no attempt is as long as (a hole that a lost disk left, another program's file) is left out."""

from collections.abc import Callable, Iterator
from pathlib import Path

LONGEST_LINE = 1 << 20


def without_overlong(file: Path, folder: Path) -> tuple[Path, int]:
    """A copy whose lines can all be read, and how many were left out."""
    copy = folder / f"sieved-{file.name}"
    left_out = 0
    with file.open("rb") as told, copy.open("wb") as kept:
        for line in _lines(told.readline):
            if line is None:
                left_out += 1
            else:
                kept.write(line)
    return copy, left_out


def _lines(readline: Callable[[int], bytes]) -> Iterator[bytes | None]:
    """None for each that is too long; no more of it is held than the limit."""
    while line := readline(LONGEST_LINE):
        if line.endswith(b"\n") or len(line) < LONGEST_LINE:
            yield line
            continue
        while (rest := readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None
