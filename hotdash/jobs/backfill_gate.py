"""What keeps a backfill, also a dry run, from being carried out: another one, and what its checks say."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError
from hotdash.pipeline.backfill.status import Status, require_still_running
from hotdash.storage.appdb.repositories.backfill_progress import blocked_now
from hotdash.storage.appdb.repositories.backfills import EventRecord, newest_events
from hotdash.storage.appdb.session import Database


class BackfillBlockedError(HotdashError):
    code = "backfill_blocked"
    http_status = 409

    def __init__(self, reasons: Mapping[str, Sequence[str]]) -> None:
        told = " ".join(dict.fromkeys(reason for each in reasons.values() for reason in each))
        super().__init__(
            f"What was computed does not pass its checks: {told}",
            hint="Nothing was changed. Mend what the checks name, and run it again.",
        )
        self.by_shop = reasons


def require_free(session: Session, shops: Sequence[str], itself: UUID | None = None) -> None:
    """One at a time per shop, whatever process carries it out."""
    for event in newest_events(session, shops):
        if event.status == Status.RUNNING and event.backfill_id != itself:
            raise ConflictError(
                f"Another backfill of {event.shop_id} is running: {event.backfill_id}, "
                f"{event.date_from} to {event.date_to}.",
                hint="Wait until it ends. Where its process died, go on with it "
                f"(`hotdash backfill run {event.backfill_id}`) or abort it.",
            )


def require_running(session: Session, shops: Sequence[str], backfill_id: UUID) -> list[EventRecord]:
    """Whoever carries it out has its shops only as long as nobody ended it."""
    events = newest_events(session, shops, backfill_id)
    for event in events:
        require_still_running(Status(event.status))
    return events


def require_sound(database: Database, blocked: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
    """A mart that was blocked before may stay so; one that only the candidate makes wrong may not."""
    reasons: dict[str, list[str]] = {}
    with database.jobs() as session:
        for shop_id, marts in blocked.items():
            before = blocked_now(session, shop_id)
            newly = [marts[mart] for mart in sorted(marts.keys() - before)]
            if newly:
                told = (sentence for sentences in newly for sentence in sentences)
                reasons[shop_id] = [*dict.fromkeys(told)]
    if reasons:
        raise BackfillBlockedError(reasons)
