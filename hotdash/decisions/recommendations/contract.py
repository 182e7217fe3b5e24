"""What whoever recommends something has to say: rules, and what forecasts, anomalies and studies found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from hotdash.decisions.log import Action
from hotdash.storage.appdb.repositories.signals.reading import (
    BREACHES,
    CAMPAIGNS,
    INVENTORY,
    PAGES,
    SHIPMENTS,
    TALKS,
    Reading,
)


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Kind(StrEnum):
    REORDER = "reorder"
    REPLY = "reply"
    CHASE_CARRIER = "chase_carrier"
    ASSIGN_PAGE = "assign_page"
    CUT_CAMPAIGN = "cut_campaign"
    RAISE_CAMPAIGN = "raise_campaign"
    FIX_SOURCE = "fix_source"
    LOOK_INTO = "look_into"
    CLEAR_STOCK = "clear_stock"
    # What a program asks for in its own words; approving it does nothing but keep the decision.
    PROPOSAL = "proposal"


class Better(StrEnum):
    """Which way the measured figure has to go for the answer to have helped."""

    LOWER = "lower"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True)
class KindRules:
    """How a kind is asked, answered and looked back at; in which marts its figure stands.

    Of a standing one the subject stays while what it is about changes, and its deadline with it.
    One that no rule looks at again ends with its deadline.
    Where the matter can be over, that is the figure it is over at, and less than that is no success.
    Of one that asks of single occasions a feature names them: an answer about one is none about the next.
    """

    approve: Action
    reject: Action
    quiet: timedelta
    measured_after: timedelta
    better: Better
    measured_in: tuple[str, ...] = ()
    is_standing: bool = False
    ends_at_deadline: bool = False
    over_at: Decimal | None = None
    occasions: str | None = None


KINDS: Mapping[Kind, KindRules] = {
    Kind.REORDER: KindRules(
        Action.APPROVE_REORDER,
        Action.REJECT_REORDER,
        timedelta(days=14),
        timedelta(days=21),
        Better.LOWER,
        (INVENTORY,),
        over_at=Decimal(0),
    ),
    Kind.REPLY: KindRules(
        Action.APPROVE_REPLY,
        Action.REJECT_REPLY,
        timedelta(days=1),
        timedelta(days=2),
        Better.LOWER,
        (BREACHES, TALKS),
        is_standing=True,
    ),
    Kind.CHASE_CARRIER: KindRules(
        Action.APPROVE_CHASE,
        Action.REJECT_CHASE,
        timedelta(days=7),
        timedelta(days=7),
        Better.LOWER,
        (SHIPMENTS,),
        is_standing=True,
    ),
    Kind.ASSIGN_PAGE: KindRules(
        Action.CREATE_ASSIGNMENT,
        Action.REJECT_ASSIGNMENT,
        timedelta(days=14),
        timedelta(days=28),
        Better.HIGHER,
        (PAGES,),
    ),
    Kind.CUT_CAMPAIGN: KindRules(
        Action.APPROVE_BUDGET,
        Action.REJECT_BUDGET,
        timedelta(days=14),
        timedelta(days=28),
        Better.LOWER,
        (CAMPAIGNS,),
    ),
    Kind.RAISE_CAMPAIGN: KindRules(
        Action.APPROVE_BUDGET,
        Action.REJECT_BUDGET,
        timedelta(days=14),
        timedelta(days=28),
        Better.HIGHER,
        (CAMPAIGNS,),
    ),
    Kind.FIX_SOURCE: KindRules(
        Action.APPROVE_MEND,
        Action.REJECT_MEND,
        timedelta(days=1),
        timedelta(days=1),
        Better.LOWER,
        over_at=Decimal(0),
    ),
    Kind.LOOK_INTO: KindRules(
        Action.ASSIGN_ANOMALY,
        Action.CALL_ANOMALY_FALSE,
        timedelta(days=7),
        timedelta(days=7),
        Better.LOWER,
        over_at=Decimal(0),
        occasions="anomalies",
    ),
    Kind.CLEAR_STOCK: KindRules(
        Action.APPROVE_CLEARANCE,
        Action.REJECT_CLEARANCE,
        timedelta(days=28),
        timedelta(days=56),
        Better.LOWER,
        (INVENTORY,),
        is_standing=True,
    ),
    Kind.PROPOSAL: KindRules(
        Action.APPROVE_PROPOSAL,
        Action.REJECT_PROPOSAL,
        timedelta(days=14),
        timedelta(days=14),
        Better.HIGHER,
        ends_at_deadline=True,
    ),
}


def has_ended(kind: Kind, deadline: datetime | None, now: datetime) -> bool:
    """Over with its deadline, whether or not anything has settled it since."""
    return KINDS[kind].ends_at_deadline and deadline is not None and deadline <= now


@dataclass(frozen=True, slots=True)
class Evidence:
    """A page or an answer of the API that shows the rows."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Either an amount in the shop's currency, or a text where money would be invented.

    The weight is what it is ranked by, and never shown; the magnitude is what grows when it gets
    worse, of a kind always in the same unit; measured is the figure that is looked at again when its time is over.
    It is silent where one of the others speaks of the same matter, and speaks for those that it asks of as well.
    """

    kind: Kind
    subject: str
    title: str
    reason: str
    confidence: Confidence
    deadline: datetime
    evidence: Sequence[Evidence]
    verb: str
    weight: Decimal
    magnitude: Decimal
    metric: str
    measured: Decimal
    impact_amount: Decimal | None = None
    impact_text: str | None = None
    options: Sequence[Mapping[str, Any]] = ()
    features: Mapping[str, Any] = field(default_factory=dict[str, Any])
    silent_beside: Sequence[tuple[Kind, str]] = ()
    speaks_for: Sequence[tuple[Kind, str]] = ()


class Recommender(Protocol):
    """`judges` says which kinds it can tell from this reading: of others nothing is taken back."""

    @property
    def name(self) -> str: ...

    def judges(self, reading: Reading) -> frozenset[Kind]: ...

    def propose(self, reading: Reading, now: datetime) -> Iterable[Proposal]: ...

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """The figure of a subject now; None where the reading does not tell it."""
        ...
