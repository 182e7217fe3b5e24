"""A reading and proposals with given figures, for whoever tries sequences of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind, Proposal
from hotdash.decisions.recommendations.settle import Proposed
from hotdash.storage.appdb.repositories.signals.reading import Reading

SHOP = "hot-rod-an"
NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


def reading(now: datetime = NOW) -> Reading:
    return Reading(SHOP, "America/Los_Angeles", "USD", now)


def proposal(subject: str = "item:1", magnitude: int = 100, **given: Any) -> Proposed:
    told: dict[str, Any] = {
        "kind": Kind.REORDER,
        "subject": subject,
        "title": f"Reorder {subject}",
        "reason": f"{magnitude} are missing.",
        "confidence": Confidence.HIGH,
        "deadline": NOW + timedelta(days=5),
        "evidence": [Evidence("Stock", f"/api/v1/decisions/evidence?shop={SHOP}")],
        "verb": "Order",
        "weight": Decimal(magnitude),
        "magnitude": Decimal(magnitude),
        "metric": "units_short",
        "measured": Decimal(magnitude),
        "impact_amount": Decimal(magnitude),
    }
    return Proposed("rules/test@1", Proposal(**(told | given)))
