"""What the pipeline last said about a mart of a shop: blocked by what, since when, and what is under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.base.clock import parse_iso
from hotdash.insights.statements import statement
from hotdash.insights.tiles.state import Blocked, FailedCheck, Reprocessing

_WORK = {
    "backfill": "A backfill of this shop",
    "rebuild": "A full rebuild of this shop",
    "run": "The first run of this shop",
}
_READ_THE_RUN = "Run `hotdash run` again; where it repeats, `hotdash doctor` names the cause."


@dataclass(frozen=True, slots=True)
class Work:
    kind: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PublicationNews:
    blocked: Blocked | None = None
    under_way: Sequence[Work] = ()

    def reprocessing(self, *, is_published: bool) -> Reprocessing | None:
        """An ordinary run only adds to what is shown; it counts when there is nothing to add to."""
        for work in self.under_way:
            if work.kind != "run" or not is_published:
                return Reprocessing(_WORK[work.kind], work.since)
        return None


def load_news(session: Session, shop_id: str, mart: str) -> PublicationNews:
    row = session.execute(
        statement(__file__, "situation.sql"), {"shop_id": shop_id, "mart": mart}
    ).one()
    work: Sequence[tuple[str, str]] = row.work_under_way or []
    blocked = None
    if row.outcome == "blocked":
        blocked = Blocked(_failed_checks(row.failed_checks, row.reasons), row.blocked_since)
    return PublicationNews(blocked, [Work(kind, parse_iso(since)) for kind, since in work])


def _failed_checks(
    results: Sequence[tuple[str, str]] | None, reasons: Sequence[str]
) -> list[FailedCheck]:
    if results:
        return [FailedCheck(sentence, mend) for sentence, mend in results]
    return [FailedCheck(reason, _READ_THE_RUN) for reason in reasons]
