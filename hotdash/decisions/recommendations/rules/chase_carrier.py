"""Chase a carrier whose parcels should have arrived and have not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.base.money import in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import (
    SHIPMENTS,
    CarrierSignal,
    Reading,
)

FEWEST_PARCELS = 3
PATIENCE = timedelta(days=7)


class ChaseCarrier:
    """The impact is the merchandise of the orders in these parcels."""

    name = "rules/chase_carrier@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        return frozenset({Kind.CHASE_CARRIER} if SHIPMENTS in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        for carrier in reading.carriers:
            if carrier.parcels >= FEWEST_PARCELS:
                yield _proposal(reading, carrier)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        if kind not in self.judges(reading):
            return None
        late = {f"carrier:{each.carrier}": each.parcels for each in reading.carriers}
        return Decimal(late.get(subject, 0))


def _proposal(reading: Reading, carrier: CarrierSignal) -> Proposal:
    amount, parcels = carrier.order_value, wording.counted(carrier.parcels, "parcel")
    is_money = amount is not None and amount > 0
    worth = f", of orders worth {in_words(amount, reading.currency)}" if amount else ""
    subject = f"carrier:{carrier.carrier}"
    by_carrier = carrier.promised_by_carrier * 2 >= carrier.parcels
    return Proposal(
        kind=Kind.CHASE_CARRIER,
        subject=subject,
        title=f"Chase {carrier.carrier} for {parcels}",
        reason=f"{carrier.carrier} has not delivered {parcels} that should have arrived{worth}; "
        f"the oldest was due on {wording.day(carrier.oldest_promise)}.",
        # Days that we reckoned ourselves may be wrong; those the carrier named are its word.
        confidence=Confidence.HIGH if by_carrier else Confidence.MEDIUM,
        deadline=wording.end_of(carrier.oldest_promise + PATIENCE, reading.timezone),
        evidence=[
            wording.signals_of(reading, "The parcels", Kind.CHASE_CARRIER, subject),
            wording.query_of(reading, "On time by carrier", "on_time_rate", "carrier", None),
        ],
        verb=f"Open a case with {carrier.carrier}",
        weight=amount or Decimal(0),
        magnitude=Decimal(carrier.parcels),
        metric="late_parcels",
        measured=Decimal(carrier.parcels),
        impact_amount=wording.rounded(amount, reading.currency) if amount and is_money else None,
        impact_text=None if is_money else f"{parcels} late",
        options=[{"option": "chase"}, {"option": "wait"}],
        features={
            "parcels": carrier.parcels,
            "promised_by_carrier": carrier.promised_by_carrier,
            "oldest_promise": carrier.oldest_promise.isoformat(),
        },
    )
