"""What a worker needs of a queue: jobs are offered to everybody, done by one, and taken over from the dead."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from hotdash.storage.appdb.repositories.jobs import JobRecord

CarryOut = Callable[[UUID], None]
"""Does one job of app.job_runs to its end; called again for one that was taken over."""


class Lane(StrEnum):
    """What needs the warehouse waits for its turn; what does not is never held up by it.

    Patient is what waits for others' servers for minutes: nothing of ours stands behind it.
    """

    WAREHOUSE = "warehouse"
    LIGHT = "light"
    PATIENT = "patient"


class Queue(Protocol):
    """`app.job_runs` says what is to be done; the queue says who does it, and that somebody does."""

    def listen(self) -> None:
        """From now on it takes what is offered; nothing else is asked of it before."""
        ...

    def offer(self, jobs: Iterable[JobRecord]) -> None:
        """To all workers; a job that was offered before is not offered again."""
        ...

    def take_over(self, dead: Sequence[UUID]) -> None:
        """What these workers had begun is offered anew."""
        ...

    def forget(self, done_before: datetime) -> None:
        """What it noted of work that is done; app.job_runs remembers by itself."""
        ...

    def close(self) -> None: ...
