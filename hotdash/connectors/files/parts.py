"""What a part is: rows that belong to one order, customer, product, parcel or thing in stock."""

from dataclasses import dataclass
from enum import StrEnum

SYNCED, DELETED, ROOT = "_synced", "_deleted", "_root"


class Kind(StrEnum):
    ID = "id"
    COUNT = "count"
    UNITS = "units"
    MONEY = "money"
    NUMBER = "number"
    RATE = "rate"
    FLAG = "flag"
    INSTANT = "instant"
    TEXT = "text"
    WORD = "word"


@dataclass(frozen=True)
class Field:
    """`required` may not be empty; an `optional` one may be missing from the loader's table altogether."""

    name: str
    kind: Kind
    required: bool = False
    optional: bool = False
    personal: bool = False


@dataclass(frozen=True)
class Part:
    """`parent_key` is this part's field that names a row of its parent by id.

    `unique` are the fields of which one row each counts, the one written last; none: all rows count.
    """

    name: str
    fields: tuple[Field, ...]
    parent: str | None = None
    parent_key: str = ""
    has_id: bool = True
    unique: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """An entity and its children, parents before children."""

    root: Part
    children: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.root, *self.children)


def number(name: str = "id", *, required: bool = True, optional: bool = False) -> Field:
    return Field(name, Kind.ID, required=required, optional=optional)


def money(name: str, *, required: bool = True, optional: bool = False) -> Field:
    return Field(name, Kind.MONEY, required=required, optional=optional)


def text(
    name: str, *, required: bool = False, optional: bool = False, personal: bool = False
) -> Field:
    return Field(name, Kind.TEXT, required=required, optional=optional, personal=personal)


def instant(name: str, *, required: bool = True, optional: bool = False) -> Field:
    return Field(name, Kind.INSTANT, required=required, optional=optional)


def known(kind: Kind, *names: str) -> tuple[Field, ...]:
    """Fields that may be empty, and missing altogether where a loader does not have them."""
    return tuple(Field(name, kind, optional=True) for name in names)
