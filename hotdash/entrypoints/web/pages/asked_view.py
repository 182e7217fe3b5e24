"""A recommendation as a page shows it: what it rests on, what it is worth, until when, and how it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hotdash.base.clock import iso_utc, local_day
from hotdash.base.money import in_words
from hotdash.decisions.recommendations.contract import Kind
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.proposal_edits import OptionView, options_of, units_of
from hotdash.storage.appdb.repositories.anomalies import EXPLAINED
from hotdash.storage.appdb.repositories.recommendations import SNOOZED, RecommendationRecord

_ENDINGS = (
    OptionView("false alarm", "Nothing: a false alarm"),
    OptionView(EXPLAINED, "Something known, as said here"),
)
_PAGES = {
    "/api/v1/anomalies/": "/anomalies/",
    "/api/v1/forecasts/stock?": "/forecast/stock?",
    "/api/v1/studies/": "/studies/",
    "/api/v1/decisions/evidence?": "/decisions/evidence?",
    "/api/v1/metrics/query?": "/explore?",
}


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class AskedView:
    """Approving names what is approved; doing it stays with people."""

    recommendation_id: UUID
    title: str
    reason: str
    verb: str
    impact: str
    confidence: str
    deadline: str
    evidence: tuple[EvidenceLink, ...]
    needs_assignee: bool
    put_off_until: str | None
    options: tuple[OptionView, ...]
    units: int | None
    endings: tuple[OptionView, ...] = ()
    """What rejecting can mean, where that is more than one thing."""
    is_trial: bool = False


@dataclass(frozen=True, slots=True)
class AnsweringView:
    """What every form of a page carries: where it was shown, when, and in which order."""

    shop_id: str
    may_decide: bool
    shown_at: str
    shown_order: str
    next: str
    may_put_off: bool = False


def asked_view(record: RecommendationRecord, timezone: str, now: datetime) -> AskedView:
    until = record.snoozed_until if record.status == SNOOZED else None
    return AskedView(
        recommendation_id=record.recommendation_id,
        title=record.title,
        reason=record.reason,
        verb=record.verb,
        impact=_impact(record),
        confidence=f"{record.confidence.capitalize()} confidence",
        deadline=_deadline(record.deadline, timezone, now),
        evidence=tuple(
            EvidenceLink(each["label"], _as_page(each["url"])) for each in record.evidence
        ),
        needs_assignee=record.kind in (Kind.ASSIGN_PAGE, Kind.LOOK_INTO),
        endings=_ENDINGS if record.kind == Kind.LOOK_INTO else (),
        put_off_until=formatting.shop_time(until, timezone) if until else None,
        options=options_of(record),
        units=units_of(record),
        is_trial=record.is_trial,
    )


def answering_view(
    asked: Sequence[AskedView],
    shop_id: str,
    now: datetime,
    next: str,
    *,
    may_decide: bool,
    may_put_off: bool = False,
) -> AnsweringView:
    order = " ".join(str(each.recommendation_id) for each in asked)
    return AnsweringView(shop_id, may_decide, iso_utc(now), order, next, may_put_off)


def _impact(record: RecommendationRecord) -> str:
    if record.impact_amount is not None and record.currency is not None:
        return in_words(record.impact_amount, record.currency)
    return record.impact_text or ""


def _deadline(deadline: datetime | None, timezone: str, now: datetime) -> str:
    if deadline is None:
        return "no deadline"
    if deadline <= now:
        return "due now"
    last = _within_its_day(deadline, timezone)
    day, clock = formatting.shop_time(last, timezone).rsplit(", ", 1)
    if local_day(last, timezone) == local_day(now, timezone):
        return f"by {clock} today"
    return f"by {day}"


def _within_its_day(deadline: datetime, timezone: str) -> datetime:
    """The end of a day is the first instant of the next one, and still a moment of that day."""
    is_end = deadline.astimezone(ZoneInfo(timezone)).time() == time()
    return deadline - timedelta(seconds=1) if is_end else deadline


def _as_page(url: str) -> str:
    """The same rows, for people."""
    for api, page in _PAGES.items():
        if url.startswith(api):
            return page + url.removeprefix(api)
    return url
