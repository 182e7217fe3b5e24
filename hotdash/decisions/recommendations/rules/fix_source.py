"""Mend a source that is disconnected, whose credentials are rejected, or that grew stale."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import Reading, SourceSignal

MEND_WITHIN = timedelta(days=1)
REJECTED = "rejected"
_TROUBLE = {
    "disconnected": ("Connect {source} again", "Connect it again"),
    "rejected": ("Enter the credentials of {source} anew", "Enter its credentials"),
    "stale": ("Find out why {source} brings nothing new", "Look at the source"),
}


class FixSource:
    """No money: the numbers that rest on it are old. It is ranked as one day of sales."""

    name = "rules/fix_source@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        """Without the limits of the sources nobody can say which of them is stale."""
        return frozenset({Kind.FIX_SOURCE} if reading.stale_after else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        for source in reading.sources if self.judges(reading) else ():
            trouble = trouble_of(reading, source, now)
            if trouble is not None:
                yield _proposal(reading, source, trouble, now)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """One while it is broken."""
        broken = {
            _subject(source)
            for source in reading.sources
            if trouble_of(reading, source, reading.now) is not None
        }
        return Decimal(subject in broken) if kind in self.judges(reading) else None


def trouble_of(reading: Reading, source: SourceSignal, now: datetime) -> str | None:
    if not source.is_connected:
        return "disconnected"
    if source.state == REJECTED:
        return "rejected"
    limit, known = reading.stale_after.get(source.source), source.complete_through
    if limit is None or known is None:
        return None
    return "stale" if now - known > limit else None


def _subject(source: SourceSignal) -> str:
    return f"source:{source.source}"


def _proposal(reading: Reading, source: SourceSignal, trouble: str, now: datetime) -> Proposal:
    title, verb = _TROUBLE[trouble]
    known = source.complete_through
    since = source.since if trouble == "rejected" and source.since else known
    old = f"its numbers are {wording.span(now - known)} old" if known else "nothing was read yet"
    return Proposal(
        kind=Kind.FIX_SOURCE,
        subject=_subject(source),
        title=title.format(source=wording.name_of(source.source)),
        reason=f"{wording.name_of(source.source)} {_says(trouble)}, and {old}.",
        confidence=Confidence.HIGH,
        deadline=(since or now) + MEND_WITHIN,
        evidence=[wording.signals_of(reading, "The source", Kind.FIX_SOURCE, _subject(source))],
        verb=verb,
        weight=reading.sales.per_day if reading.sales else Decimal(0),
        magnitude=Decimal(1),
        metric="is_broken",
        measured=Decimal(1),
        impact_text=f"{old[0].upper()}{old[1:]}",
        options=[{"option": "mend"}, {"option": "live without it"}],
        features={"trouble": trouble, "hint": source.hint},
    )


def _says(trouble: str) -> str:
    told = {
        "disconnected": "is no longer connected",
        "rejected": "rejects its credentials",
        "stale": "has brought nothing new for longer than it may",
    }
    return told[trouble]
