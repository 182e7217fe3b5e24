"""What the pipeline last said about marts of a shop: blocked by what, since when, and what is under way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.base.clock import parse_iso
from hotdash.insights.statements import statement
from hotdash.insights.tiles.trouble import Blocked, FailedCheck, Reprocessing

_WORK = {
    "backfill": "A backfill of this shop",
    "rebuild": "A full rebuild of this shop",
    "run": "The first run of this shop",
}
_READ_THE_RUN = "Run `hotdash run` again; where it repeats, `hotdash doctor` names the cause."


@dataclass(frozen=True, slots=True)
class Work:
    """Of a backfill also its days, the share that is done, and when it ends at that speed."""

    kind: str
    since: datetime
    days: tuple[date, date] | None = None
    share_done: Decimal | None = None
    ends_about: datetime | None = None


@dataclass(frozen=True, slots=True)
class PublicationNews:
    """By mart, what keeps it back."""

    blocked: Mapping[str, Blocked] = field(default_factory=dict[str, Blocked])
    under_way: Sequence[Work] = ()

    def reprocessing(self, *, is_published: bool) -> Reprocessing | None:
        """An ordinary run only adds to what is shown; it counts when there is nothing to add to."""
        for work in self.under_way:
            if work.kind != "run" or not is_published:
                return Reprocessing(
                    _WORK[work.kind], work.since, work.days, work.share_done, work.ends_about
                )
        return None

    def blocked_of(self, marts: Iterable[str]) -> Blocked | None:
        """One block of all these marts: every sentence once, since the earliest."""
        found = [self.blocked[mart] for mart in marts if mart in self.blocked]
        if not found:
            return None
        checks = dict.fromkeys(check for each in found for check in each.checks)
        return Blocked(list(checks), min(each.since for each in found))


def load_news(session: Session, shop_id: str, marts: Sequence[str]) -> PublicationNews:
    rows = session.execute(
        statement(__file__, "situation.sql"), {"shop_id": shop_id, "marts": list(marts)}
    ).all()
    work: Sequence[Mapping[str, str | None]] = rows[0].work_under_way or []
    blocked = {
        row.mart: Blocked(_failed_checks(row.failed_checks, row.reasons), row.blocked_since)
        for row in rows
        if row.outcome == "blocked"
    }
    return PublicationNews(blocked, [_work(told) for told in work])


def _work(told: Mapping[str, str | None]) -> Work:
    first, last = told["first_day"], told["last_day"]
    share, ends_about = told["share_done"], told["ends_about"]
    return Work(
        str(told["kind"]),
        parse_iso(str(told["since"])),
        (date.fromisoformat(first), date.fromisoformat(last)) if first and last else None,
        Decimal(share) if share is not None else None,
        parse_iso(ends_about) if ends_about else None,
    )


def _failed_checks(
    results: Sequence[tuple[str, str, str]] | None, reasons: Sequence[str]
) -> list[FailedCheck]:
    if results:
        return [FailedCheck(*each) for each in results]
    return [FailedCheck(reason, _READ_THE_RUN) for reason in reasons]
