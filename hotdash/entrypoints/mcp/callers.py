"""Who calls: asked anew at every call, so that a token that was revoked meanwhile opens nothing any more."""

from dataclasses import dataclass
from typing import Protocol

from hotdash.entrypoints.admitting import DeadTokenError, require_within_quota
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.governance.access.tokens import hash_token
from hotdash.storage.appdb.repositories.visits import Visit, find_token_visit


class Caller(Protocol):
    """The request is named where a log names it; the door is told in the audit log."""

    @property
    def door(self) -> str: ...

    @property
    def request_id(self) -> str | None: ...

    def visit(self) -> Visit: ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """One request over HTTP, which the gate of the web app has let in and counted."""

    admitted: Visit
    request_id: str | None
    door: str = "http"

    def visit(self) -> Visit:
        return self.admitted


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A program on this machine: every call counts as one request of its token."""

    house: McpHouse
    secret: str
    door: str = "stdio"
    request_id: str | None = None

    def visit(self) -> Visit:
        now = self.house.clock.now()
        with self.house.database.glance() as connection:
            visit = find_token_visit(connection, hash_token(self.secret), now, None, counts=True)
        if visit is None:
            raise DeadTokenError
        require_within_quota(visit, now)
        return visit

    def __repr__(self) -> str:
        return "TokenHolder()"
