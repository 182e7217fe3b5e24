"""The shapes of tokens: what is asked for, what is told of one, and the one time it is shown."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.governance.access.api_tokens import (
    LONGEST_DAYS,
    MOST_REQUESTS_PER_MINUTE,
    REQUESTS_PER_MINUTE,
)


class TokenBody(Shape):
    name: str = Field(
        min_length=1, max_length=100, description="What it is for, in words you will know again."
    )
    shops: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        min_length=1, max_length=100, description="The shops it opens; each one of yours."
    )
    scopes: list[Permission] = Field(
        min_length=1,
        max_length=len(Permission),
        description="What it is good for; no more than your role allows in each of the shops.",
    )
    days: int = Field(90, ge=1, le=LONGEST_DAYS, description="After how many days it ends.")
    requests_per_minute: int = Field(
        REQUESTS_PER_MINUTE,
        ge=1,
        le=MOST_REQUESTS_PER_MINUTE,
        description="How many requests a minute allows.",
    )


class TokenShape(Shape):
    token: UUID
    name: str
    holder: str
    scopes: list[str]
    shops: list[str]
    requests_per_minute: int
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokensAnswer(Shape):
    shop: str
    tokens: list[TokenShape]


class MadeTokenAnswer(Shape):
    """The secret is shown now and never again; only its hash is kept."""

    token: UUID
    secret: str
    name: str
    scopes: list[str]
    shops: list[str]
    expires_at: datetime


class RevokedAnswer(Shape):
    token: UUID
    revoked: bool
