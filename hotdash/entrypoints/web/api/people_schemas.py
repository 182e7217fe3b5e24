"""The shapes of people: who belongs to a shop, and what is said about somebody who does."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, model_validator

from hotdash.base.roles import Role
from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.governance.access.members import LONGEST_EMAIL, LONGEST_NAME


class InvitationBody(Shape):
    email: str = Field(min_length=1, max_length=LONGEST_EMAIL, description="Whose account it is.")
    name: str = Field("", max_length=LONGEST_NAME, description="How pages call them.")
    role: Role = Field(description="What they may do in this shop.")


class ChangeBody(Shape):
    """One of the two or both, done together or not at all."""

    role: Role | None = Field(None, description="What they may do in this shop from now on.")
    may_have_password: bool | None = Field(
        None,
        description="Whether somebody of another service may set a password here; no forgets it "
        "and ends their sessions.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> "ChangeBody":
        if self.role is None and self.may_have_password is None:
            raise ValueError("name a role, or say whether a password is allowed")
        return self


class EndSessionsBody(Shape):
    tokens: bool = Field(False, description="Whether their API tokens end as well.")


class MemberShape(Shape):
    """by_rule: a rule about the domain gave the role; link_until: an invitation is still open."""

    person: UUID
    email: str
    name: str
    role: Role
    by_rule: bool
    since: datetime
    has_password: bool
    may_have_password: bool
    signs_in_elsewhere: bool
    disabled: bool
    sessions: int
    last_seen_at: datetime | None
    link_until: datetime | None


class PeopleAnswer(Shape):
    shop: str
    people: list[MemberShape]


class MemberAnswer(Shape):
    shop: str
    person: MemberShape


class InvitedAnswer(Shape):
    """The link is shown now and never again; there is none for whoever has a way in."""

    shop: str
    person: UUID
    role: Role
    link: str | None
    until: datetime | None


class ChangedAnswer(Shape):
    shop: str
    person: UUID
    role: Role


class RemovedAnswer(Shape):
    shop: str
    person: UUID
    removed: bool


class EndedSessionsAnswer(Shape):
    shop: str
    person: UUID
    sessions: int
    tokens: int
