"""The shapes of the API as its description tells them; tests hold the answers against them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from hotdash.insights.tiles.contract import ActionKind, CellKind, Direction, TileState, Verdict

Amount = Annotated[
    str, Field(pattern=r"^-?\d+(\.\d+)?$", description="A decimal as text; never a float.")
]

CsrfToken = Annotated[
    str, Header(alias="X-CSRF-Token", description="The token of any form of this browser's pages.")
]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorBody(Shape):
    code: str
    message: str
    field: str | None = None
    hint: str
    ref: str


class ErrorAnswer(Shape):
    error: ErrorBody


class MetricName(Shape):
    name: str
    title: str
    version: int


class DeltaShape(Shape):
    change: Amount
    ratio: Amount
    base: Amount
    verdict: Verdict
    against: str


class PointShape(Shape):
    day: date
    value: Amount | None
    base_day: date | None
    base_value: Amount | None


class ContextShape(Shape):
    metric: str
    title: str
    value: Amount | None
    unit: str
    delta: DeltaShape | None
    why: str | None
    last_day: date | None


class ActionShape(Shape):
    kind: ActionKind
    text: str
    about: str | None


class FactShape(Shape):
    name: str
    text: str


class ColumnShape(Shape):
    name: str
    title: str
    kind: CellKind


class ListShape(Shape):
    """The first rows of something, of how many there are; every cell is text or nothing."""

    name: str
    title: str
    columns: list[ColumnShape]
    rows: list[list[str | None]]
    total: int
    why: str | None
    note: str | None


TileName = Literal[
    "cx-pulse",
    "sales-pulse",
    "seo-pulse",
    "inventory-watch",
    "fulfillment-flow",
    "ops-pulse",
    "growth",
]


class TileAnswer(Shape):
    tile: TileName
    state: TileState
    metric: MetricName
    value: Amount | None
    unit: str
    delta: DeltaShape | None
    direction: Direction
    series: list[PointShape]
    context: list[ContextShape]
    next_action: ActionShape
    facts: list[FactShape]
    lists: list[ListShape]
    as_of: dict[str, datetime]
    build: UUID | None
    provisional: bool
    reasons: list[str]


class TilesAnswer(Shape):
    tiles: list[TileAnswer]


class MetricDaysAnswer(Shape):
    metric: MetricName
    unit: str
    currency: str
    timezone: str
    as_of: dict[str, datetime]
    build: UUID | None
    days: list[PointShape]


_MEANINGS = {
    400: "The question cannot be answered as asked.",
    401: "Nobody is signed in, or the token is unknown, over or revoked.",
    403: "The role in this shop does not allow it.",
    404: "There is no such shop among yours.",
    422: "A parameter is not usable.",
    409: "Somebody was faster, or the Idempotency-Key is in use.",
    429: "The token has used up its requests of this minute.",
    503: "The database does not answer.",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer, "description": meaning} for status, meaning in _MEANINGS.items()
}
