"""The shapes of what is published, and of what may be asked of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.query_schemas import BlockShape
from hotdash.entrypoints.web.api.schemas import Shape

ShopId = Annotated[str, Field(min_length=1, max_length=100, description="The shop, by its id.")]
Reason = Annotated[
    str, Field(min_length=1, max_length=1000, description="Why; it is kept with the decision.")
]


class HeldShape(Shape):
    at: datetime
    by: str
    reason: str


class PublicationShape(Shape):
    """A manifest that was shown, or is; until its time is over the shop can go back to it."""

    publication: UUID
    build: UUID
    made_at: datetime
    reason: str
    replaced_at: datetime | None
    is_shown: bool


class MartShape(Shape):
    """Without a build nothing of the mart is shown."""

    mart: str
    build: UUID | None
    as_of: dict[str, datetime]
    last_outcome: str | None
    last_told_at: datetime | None
    blocked: BlockShape | None


class PublicationsAnswer(Shape):
    shop: str
    shown: UUID | None
    since: datetime | None
    held: HeldShape | None
    publications: list[PublicationShape]
    marts: list[MartShape]


class RollbackRequest(Shape):
    shop: ShopId
    publication: Annotated[UUID, Field(description="One of the listed publications.")]
    reason: Reason


class ReleaseRequest(Shape):
    shop: ShopId
    reason: Reason


class ShownAnswer(Shape):
    """What the shop shows from now on."""

    shop: str
    shown: UUID
    since: datetime
    held: HeldShape | None
