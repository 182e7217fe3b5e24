"""Answers a Search Analytics query over one site: grouped, counted by page or by property, sorted, cut."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hotdash.base.clock import days_between, local_day
from hotdash.simulators.searches import TIMEZONE, Search, ShopSearches

Asked = Mapping[str, Any]
MOST_ROWS = 25_000
DEFAULT_ROWS = 1_000
_KEPT_DAYS = 486
_COUNTED_FOR = timedelta(hours=52)
_FIRST_SEEN = timedelta(hours=12)
_KNOWN_FIELDS = frozenset(
    "aggregationType dataState dimensionFilterGroups dimensions endDate rowLimit searchType "
    "startDate startRow type".split()
)
_SIMULATED_DIMENSIONS = ("DATE", "PAGE", "QUERY")


class InvalidQueryError(ValueError):
    """What Search Console refuses as invalid, with its words."""


@dataclass(frozen=True)
class Query:
    first: date
    last: date
    dimensions: tuple[str, ...]
    by_property: bool
    is_final_only: bool
    row_limit: int
    start_row: int


@dataclass
class Sums:
    clicks: int = 0
    impressions: int = 0
    positions: int = 0

    def add(self, found: Search, impressions: int, positions: int) -> None:
        self.clicks += found.clicks
        self.impressions += impressions
        self.positions += positions


def parse(asked: Asked) -> Query:
    unknown = sorted(set(asked) - _KNOWN_FIELDS)
    if unknown:
        raise InvalidQueryError(
            f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
        )
    dimensions = tuple(str(each).upper() for each in asked.get("dimensions") or ())
    if set(dimensions) - set(_SIMULATED_DIMENSIONS):
        raise InvalidQueryError(f"Only {', '.join(_SIMULATED_DIMENSIONS)} are simulated.")
    aggregation = str(asked.get("aggregationType", "AUTO")).upper()
    by_property = aggregation == "BY_PROPERTY" or (
        aggregation == "AUTO" and "PAGE" not in dimensions
    )
    if by_property and "PAGE" in dimensions:
        raise InvalidQueryError("BY_PROPERTY is not valid when grouping by page.")
    row_limit = int(asked.get("rowLimit", DEFAULT_ROWS))
    if not 1 <= row_limit <= MOST_ROWS:
        raise InvalidQueryError("rowLimit must be between 1 and 25000.")
    first, last = (_day(asked.get(name)) for name in ("startDate", "endDate"))
    if first > last:
        raise InvalidQueryError("endDate must not be before startDate.")
    state = str(asked.get("dataState", "FINAL")).upper()
    return Query(
        first=first,
        last=last,
        dimensions=dimensions,
        by_property=by_property,
        is_final_only=state == "FINAL",
        row_limit=row_limit,
        start_row=int(asked.get("startRow", 0)),
    )


def run(
    query: Query, searches: ShopSearches, now: datetime, url_of: Callable[[str], str]
) -> dict[str, Any]:
    incomplete = first_incomplete(searches, now)
    last = min(query.last, incomplete - timedelta(days=1)) if query.is_final_only else query.last
    oldest = local_day(now, TIMEZONE) - timedelta(days=_KEPT_DAYS)
    groups: dict[tuple[str, ...], Sums] = {}
    for day in days_between(max(query.first, oldest), last):
        for found in _seen(searches, day, now):
            if found.is_named or "QUERY" not in query.dimensions:
                key = _key(query.dimensions, day, url_of(found.page), found.query)
                _count(groups.setdefault(key, Sums()), found, query)
    rows = sorted(groups.items(), key=lambda row: (-row[1].clicks, row[0]))
    if query.dimensions == ("DATE",):
        rows.sort()
    page = rows[query.start_row : query.start_row + query.row_limit]
    answer: dict[str, Any] = {
        "responseAggregationType": "BY_PROPERTY" if query.by_property else "BY_PAGE"
    }
    if page:
        answer["rows"] = [_row(key, sums) for key, sums in page]
    is_told = not query.is_final_only and "DATE" in query.dimensions and query.last >= incomplete
    if is_told:
        answer["metadata"] = {"firstIncompleteDate": str(incomplete)}
    return answer


def first_incomplete(searches: ShopSearches, now: datetime) -> date:
    """A day is counted to its end some two days after it is over."""
    day = local_day(now, TIMEZONE)
    while searches.begins(day) + 86_400 + _COUNTED_FOR.total_seconds() > now.timestamp():
        day -= timedelta(days=1)
    return day + timedelta(days=1)


def _seen(searches: ShopSearches, day: date, now: datetime) -> Sequence[Search]:
    """Of a day that is still being counted, what came first."""
    found = searches.day(day)
    if day < first_incomplete(searches, now):
        return found
    begun = now.timestamp() - searches.begins(day) - _FIRST_SEEN.total_seconds()
    whole = 86_400 + _COUNTED_FOR.total_seconds()
    return found[: int(len(found) * max(0.0, min(1.0, begun / whole)))]


def _count(sums: Sums, found: Search, query: Query) -> None:
    """A property that shows two of its pages at once is shown once, in the better place."""
    shown = found.impressions
    if query.by_property and shown > 1:
        shown = max(found.clicks, round(shown * 0.9))
    position = found.positions * shown // found.impressions
    sums.add(found, shown, position)


def _key(dimensions: Sequence[str], day: date, page: str, query: str) -> tuple[str, ...]:
    named = {"DATE": str(day), "PAGE": page, "QUERY": query}
    return tuple(named[name] for name in dimensions)


def _row(key: Sequence[str], sums: Sums) -> dict[str, Any]:
    """Google's counts are numbers with decimals, written without where there are none."""
    row: dict[str, Any] = {
        "clicks": sums.clicks,
        "impressions": sums.impressions,
        "ctr": sums.clicks / sums.impressions,
        "position": sums.positions / sums.impressions,
    }
    return {"keys": list(key), **row} if key else row


def _day(told: Any) -> date:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        raise InvalidQueryError(f"Invalid date: {told!r}.") from None
