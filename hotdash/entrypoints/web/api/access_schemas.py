"""The shapes of what is told about access: who read what, and one customer, masked or in full."""

from datetime import date, datetime

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape


class ReadsShape(Shape):
    who: str
    name: str | None
    kind: str
    door: str
    reads: int
    days: int
    last_at: datetime


class RevealsShape(Shape):
    who: str
    name: str | None
    reveals: int
    people: int
    fields: dict[str, int]
    last_at: datetime


class AccessAnswer(Shape):
    shop: str
    from_: date = Field(alias="from")
    to: date
    reads: list[ReadsShape]
    reveals: list[RevealsShape]


class PersonAnswer(Shape):
    shop: str
    customer: str
    email: str | None
    first_name: str | None
    last_name: str | None
    masked: bool


class RevealBody(Shape):
    reason: str = Field(
        min_length=1, max_length=500, description="Why you need it; it is kept with your name."
    )
