"""Everything Explore shows is in its address: read from it strictly, written to it in one canonical form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from hotdash.insights.metrics.columns import TIME_DIMENSIONS
from hotdash.insights.metrics.period import Range, Window
from hotdash.insights.metrics.query.question import Against, QueryError, Question
from hotdash.insights.metrics.registry import registry

PATH = "/explore"
MOST_METRICS = 3
OWN_DAYS = "own"
_DEFAULT_METRICS, _DEFAULT_BY = ("revenue",), ("day",)
Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ExploreState:
    """Times stand before other dimensions; days of one's own replace the range."""

    shop: str | None = None
    metrics: tuple[str, ...] = _DEFAULT_METRICS
    by: tuple[str, ...] = _DEFAULT_BY
    range: Range = Range.DAYS_30
    days: Window | None = None
    compare: Against = Against.PREVIOUS
    filters: tuple[tuple[str, str], ...] = ()
    model: str | None = None
    drill: date | None = None

    @classmethod
    def parse(cls, pairs: Pairs) -> Self:
        given: dict[str, list[str]] = {}
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        state = cls(
            shop=_last(given, "shop"),
            metrics=_metrics(given),
            by=_by(given),
            range=_range(given),
            days=_days(given),
            compare=_compare(given),
            filters=_filters(given),
            model=_last(given, "model"),
            drill=_day(given, "drill"),
        )
        state.question("any")
        return state

    @classmethod
    def read(cls, address: str) -> Self:
        return cls.parse(parse_qsl(address.removeprefix("?"), keep_blank_values=True))

    def question(self, shop_id: str, *, by: tuple[str, ...] | None = None) -> Question:
        return Question.parse(
            shops=[shop_id],
            metrics=self.metrics,
            by=self.by if by is None else by,
            range=None if self.days else self.range,
            first=self.days.first if self.days else None,
            last=self.days.last if self.days else None,
            compare=self.compare,
            filters=[f"{name}:{value}" for name, value in self.filters],
            model=self.model,
        )

    @property
    def time(self) -> str | None:
        return next((name for name in self.by if name in TIME_DIMENSIONS), None)

    @property
    def dimension(self) -> str | None:
        return next((name for name in self.by if name not in TIME_DIMENSIONS), None)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What the address says; nothing is left to a default, so that a link stays what it is."""
        days = [("range", self.range.value)]
        if self.days:
            days = [("from", self.days.first.isoformat()), ("to", self.days.last.isoformat())]
        return [
            *([("shop", self.shop)] if self.shop else []),
            *(("metric", name) for name in self.metrics),
            *(("by", name) for name in self.by or ("",)),
            *days,
            ("compare", self.compare.value),
            *(("filter", f"{name}:{value}") for name, value in self.filters),
            *([("model", self.model)] if self.model else []),
            *([("drill", self.drill.isoformat())] if self.drill else []),
        ]

    @property
    def query(self) -> str:
        return urlencode(self.pairs)

    @property
    def url(self) -> str:
        return f"{PATH}?{self.query}"

    @property
    def view(self) -> str:
        """Without the shop: what a saved view keeps."""
        return replace(self, shop=None).query

    def export_url(self, format: str) -> str:
        asked = [pair for pair in self.pairs if pair[0] != "drill" and pair != ("by", "")]
        return f"/api/v1/metrics/export?{urlencode([*asked, ('format', format)])}"

    @property
    def answer_url(self) -> str:
        asked = [pair for pair in self.pairs if pair[0] != "drill" and pair != ("by", "")]
        return f"/api/v1/metrics/query?{urlencode(asked)}"

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)


def _last(given: Mapping[str, list[str]], name: str) -> str | None:
    """A form sends what was left empty as nothing at all."""
    return next((value for value in reversed(given.get(name, [])) if value), None)


def _metrics(given: Mapping[str, list[str]]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(filter(None, given.get("metric", ()))))
    if len(named) > MOST_METRICS:
        raise QueryError(
            f"{len(named)} metrics are too many beside each other.",
            hint=f"Look at {MOST_METRICS} at once; GET /api/v1/metrics/query answers more.",
            field="metric",
        )
    for name in named:
        base, _, version = name.partition("@")
        registry().get(base, int(version) if version.isdecimal() else None)
    return named or _DEFAULT_METRICS


def _by(given: Mapping[str, list[str]]) -> tuple[str, ...]:
    if "by" not in given:
        return _DEFAULT_BY
    named = tuple(dict.fromkeys(filter(None, given["by"])))
    others = [name for name in named if name not in TIME_DIMENSIONS]
    if len(others) > 1 or "shop" in others:
        raise QueryError(
            f"Explore does not split by {' and '.join(others)}.",
            hint="Choose one dimension; GET /api/v1/metrics/query splits by more.",
            field="by",
        )
    return (*(name for name in named if name in TIME_DIMENSIONS), *others)


def _range(given: Mapping[str, list[str]]) -> Range:
    value = _last(given, "range")
    if value is None or value == OWN_DAYS:
        return Range.DAYS_30
    try:
        return Range(value)
    except ValueError:
        raise QueryError(
            f"The range {value!r} is not known.",
            hint=f"Use one of {', '.join(Range)}.",
            field="range",
        ) from None


def _days(given: Mapping[str, list[str]]) -> Window | None:
    chosen = _last(given, "range")
    if chosen not in (None, OWN_DAYS):
        return None
    first, last = _day(given, "from"), _day(given, "to")
    if first is None and last is None:
        if chosen == OWN_DAYS:
            raise QueryError(
                "Days of your own are asked for, and none is named.",
                hint="Name the first and the last day, or choose a period.",
                field="from",
            )
        return None
    if first is None or last is None:
        raise QueryError(
            f"Only one end of the days is named: {first or last}.",
            hint="Name both the first and the last day.",
            field="from" if first is None else "to",
        )
    return Window(first, last)


def _day(given: Mapping[str, list[str]], name: str) -> date | None:
    value = _last(given, name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise QueryError(
            f"{value!r} is no day.", hint="Write it like 2026-11-20.", field=name
        ) from None


def _compare(given: Mapping[str, list[str]]) -> Against:
    value = _last(given, "compare")
    try:
        return Against(value or Against.PREVIOUS)
    except ValueError:
        raise QueryError(
            f"Nothing is compared with {value!r}.",
            hint=f"Use one of {', '.join(Against)}.",
            field="compare",
        ) from None


def _filters(given: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """One filter more comes from the form as a name and a value."""
    told = [text for text in given.get("filter", ()) if text]
    name = _last(given, "filter_by")
    if name:
        told.append(f"{name}:{(given.get('filter_value') or [''])[-1].strip()}")
    for text in told:
        if ":" not in text or text.startswith(":"):
            raise QueryError(
                f"{text!r} is no filter.",
                hint="Write it like country:DE, once per value.",
                field="filter",
            )
    pairs = (text.partition(":") for text in dict.fromkeys(told))
    return tuple(sorted((name, value) for name, _, value in pairs))
