"""Every type of fact with its version: what its value is, and the shape of its metadata."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hotdash.base.errors import HotdashError


class FactType(StrEnum):
    SALES = "shopify.sales.summary"
    FULFILLMENT = "shopify.fulfillment.issues"
    INVENTORY = "shopify.inventory.alerts"
    ESCALATIONS = "chatwoot.escalations"
    ANOMALIES = "ga.sessions.anomalies"
    SESSION = "dashboard.session.opened"
    ACTIVATION = "metrics.activation.rolling7d"
    SLA_RESOLUTION = "metrics.sla_resolution.rolling7d"
    ANOMALY_RESPONSE = "metrics.anomaly_response.rolling7d"
    RATE_LIMIT = "ops.rate_limit.window"
    SYNC = "ops.sync.summary"


Amount = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]


class Metadata(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SalesSummary(Metadata):
    day: date
    timezone: str
    currency: str
    orders: int
    merchandise: Amount


class FulfillmentIssues(Metadata):
    since: date
    unfulfilled_late: int
    failed: int
    exceptions: int
    orders: list[int] = Field(max_length=100)


class InventoryAlert(Metadata):
    inventory_item_id: int
    sku: str | None
    available: int
    days_of_stock: int | None
    lead_time_days: int
    units_short: int


class InventoryAlerts(Metadata):
    generated_at: datetime
    thresholds: dict[str, str]
    currency: str
    money_at_risk: Amount
    items: list[InventoryAlert] = Field(max_length=100)


class Escalations(Metadata):
    """Breach times and the promised minutes by the conversation's number; older facts may lack them."""

    breached_ids: list[int]
    breach_times: dict[str, datetime] = {}
    sla_minutes: dict[str, int] = {}


class SessionAnomaly(Metadata):
    property_id: str | None
    first_day: date
    last_day: date
    landing_page: str
    sessions: int
    sessions_week_before: int
    week_over_week: Amount


class SessionOpened(Metadata):
    operator: str
    request_id: str | None


class Rolling(Metadata):
    metric: str
    version: int
    first_day: date
    last_day: date
    generated_at: datetime
    why_empty: str | None = None


class RateLimitWindow(Metadata):
    vendor: str
    run_id: str | None
    first_at: datetime
    last_at: datetime
    calls: int
    operations: list[str]
    # Found by the analyzer in a log: whose limit it was, and the refused share of this shop's calls between.
    scope: Literal["shop", "job_run"] | None = None
    key: str | None = None
    density: Amount | None = None


class SyncedSource(Metadata):
    source: str
    status: str
    rows: int
    unreadable: int
    code: str | None = None


class SyncSummary(Metadata):
    run_id: str
    sources: list[SyncedSource]


@dataclass(frozen=True, slots=True)
class Schema:
    version: int
    value: str
    metadata: type[Metadata]

    def as_json(self) -> dict[str, Any]:
        return self.metadata.model_json_schema()


SCHEMAS: Mapping[FactType, Schema] = {
    FactType.SALES: Schema(1, "Merchandise after discounts and refunds of the day.", SalesSummary),
    FactType.FULFILLMENT: Schema(1, "Orders and parcels with an issue.", FulfillmentIssues),
    FactType.INVENTORY: Schema(1, "Items that run out before a refill.", InventoryAlerts),
    FactType.ESCALATIONS: Schema(1, "Open conversations past their promise.", Escalations),
    FactType.ANOMALIES: Schema(1, "Visits the page lost in the week.", SessionAnomaly),
    FactType.SESSION: Schema(1, "Nothing: that it was opened is all.", SessionOpened),
    FactType.ACTIVATION: Schema(1, "The activation rate.", Rolling),
    FactType.SLA_RESOLUTION: Schema(1, "The median minutes from breach to decision.", Rolling),
    FactType.ANOMALY_RESPONSE: Schema(1, "The anomaly response rate.", Rolling),
    FactType.RATE_LIMIT: Schema(2, "Calls that came too fast.", RateLimitWindow),
    FactType.SYNC: Schema(1, "Rows that were loaded.", SyncSummary),
}


class FactError(HotdashError):
    code = "invalid_fact"


@dataclass(frozen=True, slots=True)
class Fact:
    """The key says what it is one fact about: told twice under the same key it is one fact."""

    type: FactType
    key: str
    occurred_at: datetime
    metadata: Metadata
    value: Decimal | None = None
    evidence: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        return self.metadata.model_dump(mode="json")


def type_called(name: str) -> FactType:
    try:
        return FactType(name)
    except ValueError:
        raise FactError(
            f"There is no type of fact {name[:60]!r}.",
            hint=f"The types are {', '.join(FactType)}.",
            field="type",
        ) from None


def metadata_of(kind: FactType, written: Mapping[str, Any]) -> Metadata:
    """What was stored, held against its schema again."""
    try:
        return SCHEMAS[kind].metadata.model_validate(written)
    except ValidationError as error:
        first: Sequence[Any] = error.errors()[0]["loc"]
        place = ".".join(map(str, first)) or "metadata"
        raise FactError(
            f"A fact of {kind} does not fit its schema at {place}.",
            hint="Mend what wrote it; `hotdash facts list` shows it.",
            field=place,
        ) from None
