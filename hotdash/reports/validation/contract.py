"""A launch validation as data: what was asked of one shop, what was found, and whether it may be signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    PASSED = "passed"
    NOTED = "noted"
    FAILED = "failed"
    NOT_ASKED = "not asked"
    NOT_HERE = "does not apply"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is not as it should be: in which shop, on which day where it is a day's, and what."""

    shop_id: str
    what: str
    day: date | None = None
    explained: bool = False

    @property
    def told(self) -> str:
        place = f"{self.shop_id}, {self.day.isoformat()}" if self.day else self.shop_id
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Item:
    """rests_on names the checks and marts that answered: nothing is computed a second time."""

    name: str
    question: str
    is_blocking: bool
    outcome: Outcome
    told: str
    rests_on: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    mend: str = ""

    @property
    def keeps_from_signing(self) -> bool:
        return self.is_blocking and self.outcome in (Outcome.FAILED, Outcome.NOT_ASKED)


@dataclass(frozen=True, slots=True)
class Report:
    """Of one publication and the newest checked build; it tells no time at which it was asked."""

    shop_id: str
    shop_name: str
    timezone: str
    currency: str
    publication: UUID | None
    builds: Mapping[str, UUID]
    checked_build: UUID | None
    checked_at: datetime | None
    complete_through: Mapping[str, datetime]
    rows: Mapping[str, int]
    items: tuple[Item, ...]

    @property
    def keeps_from_signing(self) -> tuple[Item, ...]:
        return tuple(each for each in self.items if each.keeps_from_signing)

    @property
    def may_be_signed(self) -> bool:
        return not self.keeps_from_signing
