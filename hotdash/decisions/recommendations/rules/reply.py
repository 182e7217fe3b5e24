"""Answer conversations whose promise is broken and whose customer still waits."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import BREACHES, Reading

SUBJECT = "conversations:breached"
LATEST_AFTER = timedelta(days=1)


class Reply:
    """A count: what an unanswered customer costs would be invented. It is ranked as one order each."""

    name = "rules/reply@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        return frozenset({Kind.REPLY} if BREACHES in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        waiting = sorted({breach.conversation_id for breach in reading.breaches})
        if not waiting:
            return
        oldest = min(breach.breached_at for breach in reading.breaches)
        people = wording.counted(len(waiting), "conversation")
        late = wording.span(now - oldest)
        per_order = (reading.sales.per_order if reading.sales else None) or Decimal(0)
        yield Proposal(
            kind=Kind.REPLY,
            subject=SUBJECT,
            title=f"Answer {people} past the promise",
            reason=f"{people} {'is' if len(waiting) == 1 else 'are'} open past the promised time, "
            f"the longest by {late}.",
            confidence=Confidence.HIGH,
            deadline=oldest + LATEST_AFTER,
            evidence=[
                wording.signals_of(reading, "The conversations", Kind.REPLY, SUBJECT),
                wording.query_of(reading, "Broken promises by day", "sla_breaches", "day", None),
            ],
            verb="Answer them",
            weight=per_order * len(waiting),
            magnitude=Decimal(len(waiting)),
            metric="open_past_promise",
            measured=Decimal(len(waiting)),
            impact_text=f"{people} waiting",
            options=[{"option": "answer now"}, {"option": "leave for the next shift"}],
            features={
                "conversations": waiting,
                "kinds": sorted({breach.kind for breach in reading.breaches}),
                "urgent": sum(breach.priority == "urgent" for breach in reading.breaches),
            },
        )

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        if kind not in self.judges(reading) or subject != SUBJECT:
            return None
        return Decimal(len({breach.conversation_id for breach in reading.breaches}))
