"""Give a landing page that lost its visitors to somebody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.base.money import in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import PAGES, PageSignal, Reading

SURE_FROM_SESSIONS = 500
LIKELY_FROM_SESSIONS = 100


class AssignPage:
    """Visits lost in a week, times what share of its visits bought in 28 days, times an order."""

    name = "rules/assign_page@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        return frozenset({Kind.ASSIGN_PAGE} if PAGES in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        for page in reading.pages:
            if page.is_anomaly:
                yield _proposal(reading, page)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """A page of which nothing is told has no visits, if it was asked for at all."""
        if kind not in self.judges(reading):
            return None
        found = {f"page:{page.page}": page.sessions_7d for page in reading.pages}
        return Decimal(found[subject]) if subject in found else None


def impact_of(reading: Reading, page: PageSignal) -> Decimal | None:
    per_order = reading.sales.per_order if reading.sales else None
    if per_order is None or not page.purchases_28d or not page.sessions_28d:
        return None
    lost = page.sessions_previous_7d - page.sessions_7d
    return lost * per_order * page.purchases_28d / page.sessions_28d


def _proposal(reading: Reading, page: PageSignal) -> Proposal:
    lost = page.sessions_previous_7d - page.sessions_7d
    amount, subject = impact_of(reading, page), f"page:{page.page}"
    visits = wording.counted(lost, "visit")
    fell = wording.percent(Decimal(lost) / page.sessions_previous_7d)
    return Proposal(
        kind=Kind.ASSIGN_PAGE,
        subject=subject,
        title=f"Find out why {name_of(page.page)} lost {fell} of its visits",
        reason=_reason(reading, page, amount),
        confidence=_confidence(page),
        deadline=wording.end_of(page.day + timedelta(days=1), reading.timezone),
        evidence=[
            wording.signals_of(reading, "The page's weeks", Kind.ASSIGN_PAGE, subject),
            wording.query_of(reading, "Visits by day", "sessions", "day", None),
        ],
        verb="Give it to somebody",
        weight=amount or Decimal(0),
        magnitude=Decimal(lost),
        metric="sessions_7d",
        measured=Decimal(page.sessions_7d),
        impact_amount=wording.rounded(amount, reading.currency) if amount else None,
        impact_text=None if amount else f"{visits} a week fewer",
        options=[{"option": "assign"}, {"option": "leave it"}],
        features={
            "landing_page": page.page,
            "day": page.day.isoformat(),
            "sessions_7d": page.sessions_7d,
            "sessions_previous_7d": page.sessions_previous_7d,
            "sessions_28d": page.sessions_28d,
            "purchases_28d": page.purchases_28d,
        },
    )


def _reason(reading: Reading, page: PageSignal, amount: Decimal | None) -> str:
    weeks = (
        f"{_begun(name_of(page.page))} had {wording.counted(page.sessions_7d, 'visit')} in the week to "
        f"{wording.day(page.day)}, after {page.sessions_previous_7d:,} the week before"
    )
    if amount is None or reading.sales is None or reading.sales.per_order is None:
        return f"{weeks}."
    bought = (
        f"{page.purchases_28d:,} of its {page.sessions_28d:,} visits in 28 days ended in an order"
    )
    order = in_words(reading.sales.per_order, reading.currency)
    return f"{weeks}. {bought}, and an order is worth {order}."


def name_of(page: str) -> str:
    return "the home page" if page == "/" else page


def _begun(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _confidence(page: PageSignal) -> Confidence:
    if page.sessions_previous_7d >= SURE_FROM_SESSIONS:
        return Confidence.HIGH
    is_likely = page.sessions_previous_7d >= LIKELY_FROM_SESSIONS
    return Confidence.MEDIUM if is_likely else Confidence.LOW
