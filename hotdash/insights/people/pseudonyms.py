"""From what a page names, an order or a conversation, to the pseudonym of whom it is about."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.insights.statements import statement

LONGEST_KEY = 200
_LARGEST = 2**63 - 1


class About(StrEnum):
    """What somebody is looked up by."""

    ORDER = "order"
    CONVERSATION = "conversation"
    CUSTOMER = "customer"


class NobodyMeantError(HotdashError):
    code = "invalid_subject"


@dataclass(frozen=True, slots=True)
class Asked:
    about: About
    number: str

    @classmethod
    def parse(cls, about: str, number: str) -> "Asked":
        told = number.strip().removeprefix("#")
        if about not in set(About):
            raise NobodyMeantError(
                f"{about[:40]!r} leads to nobody.",
                hint=f"Ask by one of {', '.join(About)}.",
                field="about",
            )
        if about != About.CUSTOMER and not _is_number(told):
            raise NobodyMeantError(
                f"{number[:40]!r} is no number that an order or a conversation has.",
                hint="Its number is the one that lists show, digits only.",
                field="number",
            )
        if not 0 < len(told) <= LONGEST_KEY:
            raise NobodyMeantError(
                "No customer key was told.",
                hint="Keys stand in the metrics of customers and orders.",
                field="number",
            )
        return cls(About(about), told)


def pseudonym_of(session: Session, shop_id: str, asked: Asked) -> str:
    """Under row-level security: what is another shop's is not there."""
    if asked.about is About.CUSTOMER:
        return asked.number
    found = session.execute(
        statement(__file__, f"{asked.about}.sql"),
        {"shop_id": shop_id, "number": int(asked.number)},
    ).one_or_none()
    if found is None:
        raise NotFoundError(
            f"No {asked.about} {asked.number} of this shop is published.",
            hint="Look for its number in the lists of Explore or of a tile.",
            field="number",
        )
    if found.person_key is None:
        raise NotFoundError(
            f"The {asked.about} {asked.number} names nobody.",
            hint="Guests without an address leave no record.",
            field="number",
        )
    return str(found.person_key)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _LARGEST
