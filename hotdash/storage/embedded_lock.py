"""Locks between processes that the kernel frees when their holder dies."""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

_PAUSE_SECONDS = 0.2


@contextmanager
def exclusive(file: Path, within: timedelta | None = None) -> Generator[None]:
    """However long that takes, or TimeoutError."""
    descriptor = _open(file)
    try:
        if within is None:
            _lock(descriptor)
        else:
            _lock_until(descriptor, time.monotonic() + within.total_seconds())
        yield
    finally:
        os.close(descriptor)


class SharedLock:
    """Held by everybody who uses a thing; the last one can tell that nobody else does."""

    def __init__(self, file: Path) -> None:
        self._descriptor = _open(file)
        _lock(self._descriptor, shared=True)

    def is_last(self) -> bool:
        try:
            _lock(self._descriptor, wait=False)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        os.close(self._descriptor)


def _open(file: Path) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock_until(descriptor: int, deadline: float) -> None:
    while True:
        try:
            return _lock(descriptor, wait=False)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError from None
        time.sleep(_PAUSE_SECONDS)


def _lock(descriptor: int, *, shared: bool = False, wait: bool = True) -> None:
    # Windows has no such module, and importing this one must not fail there.
    import fcntl

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
