"""What the pages know of backups: a place elsewhere may be slow or hang, and no page may for its sake."""

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, Thread

from hotdash.base.errors import UnavailableError
from hotdash.jobs.backups import BackupDesk

_AGAIN_AFTER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    newest: datetime | None
    is_beside_the_home: bool


@dataclass
class BackupsSeen:
    """A place elsewhere is asked at most once a minute, and by one thread at a time however many look."""

    patience_seconds: float = 3.0
    _lock: Lock = field(default_factory=Lock)
    _answer: "Future[Seen] | None" = None
    _asked_at: float = 0.0

    def look(self, desk: BackupDesk) -> Seen:
        if desk.is_on_this_machine:
            return _seen(desk)
        try:
            return self._asked(desk).result(self.patience_seconds)
        except TimeoutError:
            raise UnavailableError(
                f"{desk.told} has not answered within {self.patience_seconds:g} seconds.",
                hint="Look again in a minute; `hotdash doctor` waits for its answer.",
            ) from None

    def _asked(self, desk: BackupDesk) -> "Future[Seen]":
        with self._lock:
            now = time.monotonic()
            is_new = now - self._asked_at < _AGAIN_AFTER_SECONDS
            if self._answer is not None and (is_new or not self._answer.done()):
                return self._answer
            self._answer, self._asked_at = Future[Seen](), now
            # Nobody who stops the server waits for it.
            Thread(target=_ask, args=(desk, self._answer), daemon=True).start()
            return self._answer


def _ask(desk: BackupDesk, answer: "Future[Seen]") -> None:
    try:
        answer.set_result(_seen(desk))
    except Exception as error:
        answer.set_exception(error)


def _seen(desk: BackupDesk) -> Seen:
    return Seen(desk.newest(), desk.is_beside_the_home)
