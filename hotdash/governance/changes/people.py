"""Who the managers are and whom to tell, as the fork writes it down."""

from dataclasses import dataclass
from typing import Any

import yaml

from hotdash.base.errors import HotdashError
from hotdash.governance.changes.change import PEOPLE, Change
from hotdash.governance.changes.written import listing, mapping


class PeopleError(HotdashError):
    code = "invalid_people"


@dataclass(frozen=True)
class People:
    """Names as the code host knows them, without the @."""

    managers: frozenset[str] = frozenset()
    team: str = ""


def people_of(change: Change) -> People:
    return parse_people(change.texts.get(PEOPLE, ""))


def people_before(change: Change) -> People:
    """Nobody becomes a manager by the very change that a manager has to agree to."""
    file = change.file(PEOPLE)
    return people_of(change) if file is None else parse_people(file.before or "")


def parse_people(text: str) -> People:
    try:
        read: Any = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise PeopleError(f"{PEOPLE} is not YAML: {error}", hint="Mend it there.") from None
    if not isinstance(read, dict):
        raise PeopleError(
            f"{PEOPLE} holds no names.", hint="Write `managers: [name]` and `team: name`."
        )
    told = mapping(read)
    managers: Any = told.get("managers") or []
    if not isinstance(managers, list):
        raise PeopleError(
            f"{PEOPLE}: managers is {managers!r}.", hint="Write a list: `managers: [name]`."
        )
    return People(
        frozenset(str(name).removeprefix("@") for name in listing(managers)),
        str(told.get("team") or "").removeprefix("@"),
    )
