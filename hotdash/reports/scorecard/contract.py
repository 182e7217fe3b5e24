"""A promise beside what was measured of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hotdash.insights.metrics.period import Window

UNMEASURED = "not measured yet"


@dataclass(frozen=True, slots=True)
class Promise:
    """source says where the figure rests, page where it can be looked at."""

    name: str
    title: str
    goal: str
    source: str
    page: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Without a value would_fill says what there has to be first."""

    promise: Promise
    value: str | None
    is_kept: bool | None
    detail: str
    window: Window | None
    would_fill: str = ""

    @property
    def word(self) -> str:
        if self.is_kept is None:
            return UNMEASURED
        return "kept" if self.is_kept else "not kept"

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.promise.name,
            "title": self.promise.title,
            "goal": self.promise.goal,
            "measured": self.value,
            "standing": self.word,
            "detail": self.detail,
            "from": _day(self.window.first if self.window else None),
            "to": _day(self.window.last if self.window else None),
            "source": self.promise.source,
            "page": self.promise.page,
            "would_fill": self.would_fill or None,
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    shop_id: str
    figures: tuple[Measured, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        words = ("kept", "not kept", UNMEASURED)
        return {word: sum(each.word == word for each in self.figures) for word in words}

    def as_json(self) -> dict[str, Any]:
        return {
            "shop": self.shop_id,
            "counts": dict(self.counts),
            "promises": [each.as_json() for each in self.figures],
        }


def unmeasured(promise: Promise, would_fill: str, detail: str = "") -> Measured:
    return Measured(promise, None, None, detail, None, would_fill)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
