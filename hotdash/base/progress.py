"""Progress is told, not printed: a terminal draws bars, a log writes lines, a test stays silent."""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Task(Protocol):
    def advance(self, rows: int = 1) -> None: ...
    def expect(self, total: int) -> None: ...
    def say(self, note: str) -> None: ...


class Progress(Protocol):
    def task(self, title: str, total: int | None = None) -> AbstractContextManager[Task]: ...


class _SilentTask:
    def advance(self, rows: int = 1) -> None: ...
    def expect(self, total: int) -> None: ...
    def say(self, note: str) -> None: ...


class SilentProgress:
    @contextmanager
    def task(self, title: str, total: int | None = None) -> Generator[Task]:
        del title, total
        yield _SilentTask()


class TitledProgress:
    """Says before each task whose it is."""

    def __init__(self, progress: Progress, whose: str) -> None:
        self._progress = progress
        self._whose = whose

    def task(self, title: str, total: int | None = None) -> AbstractContextManager[Task]:
        return self._progress.task(f"{self._whose} {title}", total)
