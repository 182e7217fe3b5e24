"""What a study found, whoever shows it: plain data with the query behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from hotdash.insights.studies.catalog import Study
from hotdash.reports.packet.contract import Query
from hotdash.storage.appdb.repositories.standings import Block


class State(StrEnum):
    MISSING = "not_connected"
    TOO_FEW = "not_enough"
    FLAT = "never_changes"
    NO_LINK = "no_link"
    UNSTABLE = "not_in_both_halves"
    LINKED = "moves_together"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Series:
    """One side of a pair; unit is a currency for money, else what is counted."""

    metric: str
    version: int
    title: str
    unit: str
    days_known: int
    left_out: str


@dataclass(frozen=True, slots=True)
class StudyDay:
    day: date
    first: Decimal | None
    second: Decimal | None


@dataclass(frozen=True, slots=True)
class LagRow:
    """A day of the first with the day so much later of the second; chance reaches stands_out_from at
    any of the shifts in one of twenty pairs, and at one that rests on few days further out."""

    lag: int
    correlation: float
    pairs: int
    stands_out_from: float


@dataclass(frozen=True, slots=True)
class Effect:
    """The mean of the follower after the quarter of days on which the leader was least, and most."""

    leader: str
    follower: str
    unit: str
    after_least: Decimal
    after_most: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Link:
    """Of the shift that chance explains least; an effect has only what is told as a link."""

    lag: int
    correlation: float
    chance: float
    false_share: float
    halves: tuple[float, float]
    past_days: tuple[int, int]
    pairs_tested: int
    effect: Effect | None
    lags: tuple[LagRow, ...]


@dataclass(frozen=True, slots=True)
class StudyOfPair:
    first: Series
    second: Series
    days: tuple[StudyDay, ...]
    common_days: int
    link: Link | None


@dataclass(frozen=True, slots=True)
class BaselineDay:
    """Shops whose first session was on the day, and over the seven days that end with it."""

    day: date
    started: int
    activated: int
    started_7d: int
    activated_7d: int

    @property
    def rate_7d(self) -> Decimal | None:
        return Decimal(self.activated_7d) / self.started_7d if self.started_7d else None


@dataclass(frozen=True, slots=True)
class Baseline:
    """low and high hold the true rate in 95 of 100 such studies."""

    shops: int
    started: int
    activated: int
    rate: Decimal | None
    low: Decimal | None
    high: Decimal | None
    days: tuple[BaselineDay, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the answer was read from.

    Held and blocked tell why it is not the newest, and change without a new publication: the
    answer's document leaves them out.
    """

    shop_id: str
    timezone: str
    currency: str
    publication: UUID | None
    builds: Mapping[str, UUID | None]
    as_of: Mapping[str, datetime]
    held: str | None
    blocked: Mapping[str, Block]


@dataclass(frozen=True, slots=True)
class StudyAnswer:
    """A baseline stands on what people did in the app, and on no publication."""

    study: Study
    state: State
    verdict: str
    sample: str
    found: StudyOfPair | Baseline
    query: Query
    standing: Standing | None = None
