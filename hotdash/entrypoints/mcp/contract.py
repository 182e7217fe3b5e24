"""What a tool is: what it is asked, which right it needs, what it answers and which words of that are ours."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.roles import Permission
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

ShopId = Annotated[str, Field(min_length=1, max_length=100)]


class Asked(BaseModel):
    """Arguments of a tool; what is not described is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def named_shops(self) -> Sequence[str] | None:
        """None where the tool is about no shop; nothing where the only one of the caller is meant."""
        return None


class AskedOfShop(Asked):
    shop: Annotated[
        ShopId | None,
        Field(description="A shop by its id; not needed where the token opens only one."),
    ] = None

    def named_shops(self) -> Sequence[str] | None:
        return [] if self.shop is None else [self.shop]


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was let in: by whom, and of which of their shops."""

    house: McpHouse
    visit: Visit
    shops: Sequence[VisitedShop]
    request_id: str | None

    @property
    def shop(self) -> VisitedShop:
        (only,) = self.shops
        return only

    @property
    def actor(self) -> str:
        return actor_of(self.visit.user_id)

    @property
    def program(self) -> str:
        """By which records name what called; a person's own token of another service has no id here."""
        return f"mcp:{self.visit.token_id or self.visit.user_id}"

    @property
    def now(self) -> datetime:
        return self.house.clock.now()

    @contextmanager
    def reading(self) -> Generator[Session]:
        """One snapshot in which row-level security shows what the token opens and nothing else."""
        with self.house.database.as_user(self.visit.user_id) as session:
            yield session


Builds = Mapping[str, str | None]
Times = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """A document with what makes it readable alone: by shop its build and as-of, by name the units."""

    document: Mapping[str, Any]
    builds: Builds
    as_of: Times
    units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tool:
    """Own words are paths in the document whose texts we wrote; every other text goes out fenced."""

    name: str
    title: str
    description: str
    asked: type[Asked]
    needs: Permission
    answer: Callable[[Call, Any], Found]
    own_words: frozenset[str]
    writes: bool = False
    people: frozenset[str] = field(default_factory=frozenset[str])
    """Paths that name somebody: only enough is told to tell two apart."""
    named: frozenset[str] = field(default_factory=frozenset[str])
    """Arguments that, where they are answered, name or count something of ours; nothing else is kept."""
