"""Progress on a terminal as bars with rows, rate and time left; elsewhere as plain lines."""

import time
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as RichTask
from rich.text import Text

from hotdash.base.progress import Progress as ProgressProtocol
from hotdash.base.progress import SilentProgress, Task

QUIET_SECONDS = 2.0


class _Rate(ProgressColumn):
    def render(self, task: RichTask) -> Text:
        told: float | None = task.fields["rows"]
        rows = task.completed if told is None else told
        if not rows:
            return Text("")
        speed = task.speed or (rows / task.elapsed if task.elapsed else None)
        rate = f"{speed:,.0f}/s" if speed else ""
        return Text(f"{rows:>9,.0f} {rate}", style="dim")


class _BarTask:
    def __init__(self, bars: Progress, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def advance(self, rows: int = 1) -> None:
        self._bars.advance(self._task, rows)

    def expect(self, total: int) -> None:
        self._bars.update(self._task, total=total)

    def say(self, note: str) -> None:
        self._bars.update(self._task, note=note)


class BarProgress:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars

    @contextmanager
    def task(self, title: str, total: int | None = None) -> Generator[Task]:
        task = self._bars.add_task(title, total=total, note="", rows=None)
        yield _BarTask(self._bars, task)
        done = self._bars.tasks[self._bars.task_ids.index(task)]
        full = max(done.completed, 1)
        self._bars.update(task, total=full, completed=full, rows=done.completed)
        self._bars.stop_task(task)
        # Sources have more tables than a terminal has lines: what is done stands above the bars.
        self._bars.console.print(self._bars.make_tasks_table([done]))
        self._bars.remove_task(task)


class _LineTask:
    """Says nothing of what is over in two seconds."""

    def __init__(self, console: Console, title: str) -> None:
        self._console = console
        self._title = title
        self._started = self._last = time.monotonic()
        self._rows = 0

    def advance(self, rows: int = 1) -> None:
        self._rows += rows
        now = time.monotonic()
        if now - self._last > 5 * QUIET_SECONDS:
            self._last = now
            self._console.print(f"  {self._title}: {self._rows:,} so far")

    def expect(self, total: int) -> None:
        del total

    def say(self, note: str) -> None:
        del note

    def end(self) -> None:
        seconds = time.monotonic() - self._started
        if seconds > QUIET_SECONDS:
            rows = f"{self._rows:,} in " if self._rows else ""
            self._console.print(f"  {self._title}: {rows}{seconds:.1f} s")


class LineProgress:
    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def task(self, title: str, total: int | None = None) -> Generator[Task]:
        del total
        line = _LineTask(self._console, title)
        yield line
        line.end()


@contextmanager
def shown_progress(console: Console, *, silent: bool = False) -> Generator[ProgressProtocol]:
    if silent:
        yield SilentProgress()
    elif not console.is_terminal:
        yield LineProgress(console)
    else:
        with _bars(console) as bars:
            yield BarProgress(bars)


def _bars(console: Console) -> AbstractContextManager[Progress]:
    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<36}"),
        BarColumn(bar_width=24),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
        console=console,
    )
