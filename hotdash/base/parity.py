"""Two sides of the same rows, by shop, table and day: counts, sums, a hash, and how they differ. Tolerances are nought."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

_HASHED_DIGITS = 15


@dataclass
class Side:
    """The hash is a sum over rows, as published fingerprints are: whatever order they come in.

    It is None where a row's is not known.
    """

    rows: int = 0
    hash: int | None = 0
    sums: dict[str, Decimal] = field(default_factory=dict[str, Decimal])

    def add(self, rows: int, hashed: int | None, sums: Mapping[str, Decimal | None]) -> None:
        self.rows += rows
        self.hash = None if self.hash is None or hashed is None else self.hash + hashed
        for name, value in sums.items():
            self.sums[name] = self.sums.get(name, Decimal(0)) + (value or 0)


@dataclass
class Day:
    """Ours is what should stand there, theirs what does."""

    ours: Side = field(default_factory=Side)
    theirs: Side = field(default_factory=Side)
    missing: int = 0
    extra: int = 0
    changed: int = 0
    columns: set[str] = field(default_factory=set[str])
    is_off: bool = False

    @property
    def told(self) -> str:
        parts = [f"{self.missing} missing"] * bool(self.missing)
        parts += [f"{self.extra} too many"] * bool(self.extra)
        if self.changed:
            parts.append(f"{self.changed} changed ({', '.join(sorted(self.columns))})")
        return ", ".join(parts) or f"{self.theirs.rows} rows instead of {self.ours.rows} or others"


@dataclass(frozen=True, order=True)
class Place:
    """The day is a date; of undated tables the bucket, of what has no readable day the month."""

    shop_id: str
    table: str
    day: str


@dataclass
class Parity:
    target: str
    days: dict[Place, Day] = field(default_factory=dict[Place, Day])

    def at(self, place: Place) -> Day:
        return self.days.setdefault(place, Day())

    @property
    def off(self) -> list[tuple[Place, Day]]:
        return sorted(
            ((place, day) for place, day in self.days.items() if day.is_off),
            key=lambda each: each[0],
        )

    def missing(self, place: Place) -> None:
        day = self.at(place)
        day.missing, day.is_off = day.missing + 1, True

    def extra(self, place: Place) -> None:
        day = self.at(place)
        day.extra, day.is_off = day.extra + 1, True

    def changed(self, place: Place, columns: Iterable[str]) -> None:
        day = self.at(place)
        day.changed, day.is_off = day.changed + 1, True
        day.columns.update(columns)


def row_hash(canonical: Sequence[str]) -> int:
    text = chr(31).join(canonical)
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:_HASHED_DIGITS], 16)
