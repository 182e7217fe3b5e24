"""The shape of an answer about metrics as the API description tells it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Amount, Shape
from hotdash.insights.metrics.definition import DayOwner, Unit
from hotdash.insights.metrics.query.question import Against

Day = date
Days = tuple[Day, Day]


class VersionShape(Shape):
    version: int
    since: date | None


class AskedMetricShape(Shape):
    metric: str
    name: str
    title: str
    unit: Unit
    direction: str
    day_owner: DayOwner
    marts: list[str]
    model: str | None
    versions: list[VersionShape]


class BlockedByShape(Shape):
    """Without a check it is no check of the gate, but what went wrong while publishing."""

    check: str | None
    sentence: str
    mend: str


class BlockShape(Shape):
    """What keeps a newer build back; the one before it is shown since."""

    since: datetime
    reasons: list[BlockedByShape]


class BlockedMartShape(BlockShape):
    mart: str


class AnsweredShopShape(Shape):
    shop: str
    name: str
    timezone: str
    currency: str
    days: Days
    base_days: Days | None
    publication: UUID | None
    builds: dict[str, UUID | None]
    as_of: dict[str, datetime]
    last_complete_day: date | None
    held: str | None
    blocked: list[BlockedMartShape]
    policies: dict[str, dict[date, str]]


class ValueShape(Shape):
    """Beside a value that is null stands why; share is the change as a share of the base."""

    value: Amount | None
    why: str | None
    base: Amount | None
    why_no_base: str | None
    change: Amount | None
    share: Amount | None
    better: bool | None


class AnswerRowShape(Shape):
    key: dict[str, str | int | bool | None]
    days: Days
    base_days: Days | None
    currency: str | None
    provisional: bool
    values: dict[str, ValueShape]


class NoticeShape(Shape):
    """A metric whose numbers are others than they were; told until that day."""

    metric: str
    version: int
    date: Day
    until: Day
    change: str


class UsedRatesShape(Shape):
    """The published rates that hold on the days asked for; the build is that of the rates."""

    shop: str
    from_: str = Field(alias="from")
    to: str
    build: UUID | None
    rates: int
    first: date | None
    last: date | None
    lowest: Amount | None
    highest: Amount | None


class ConversionShape(Shape):
    """Only shops in another currency than the one asked for are converted."""

    currency: str
    shops: list[UsedRatesShape]


class MetricsAnswer(Shape):
    by: list[str]
    compare: Against
    currency: str | None
    conversion: ConversionShape | None
    provisional: bool
    notes: list[str]
    notices: list[NoticeShape]
    metrics: list[AskedMetricShape]
    shops: list[AnsweredShopShape]
    rows: list[AnswerRowShape]
