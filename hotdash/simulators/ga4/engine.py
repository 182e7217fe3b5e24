"""Runs a report over a property: rows grouped, filtered, sorted and cut as the Data API does it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from hotdash.base.clock import days_between
from hotdash.simulators.ga4.properties import Property, visible

Asked = Mapping[str, Any]
DEFAULT_LIMIT = 10_000
MOST_ROWS = 250_000
_MOST_DIMENSIONS, _MOST_METRICS = 9, 10
TRAFFIC_DIMENSIONS = (
    "date",
    "landingPage",
    "sessionSource",
    "sessionMedium",
    "sessionSourceMedium",
    "sessionCampaignName",
    "sessionDefaultChannelGroup",
)
VIEW_DIMENSIONS = ("date", "pagePath")
METRICS: Mapping[str, str] = {
    "sessions": "TYPE_INTEGER",
    "engagedSessions": "TYPE_INTEGER",
    "bounceRate": "TYPE_FLOAT",
    "engagementRate": "TYPE_FLOAT",
    "activeUsers": "TYPE_INTEGER",
    "keyEvents": "TYPE_FLOAT",
    "ecommercePurchases": "TYPE_INTEGER",
    "purchaseRevenue": "TYPE_CURRENCY",
    "screenPageViews": "TYPE_INTEGER",
}
_KNOWN_FIELDS = frozenset(
    "property dateRanges dimensions metrics dimensionFilter metricFilter offset limit "
    "metricAggregations orderBys currencyCode cohortSpec keepEmptyRows returnPropertyQuota "
    "comparisons".split()
)
_AGO = re.compile(r"(\d+)daysAgo")


class InvalidReportError(ValueError):
    """What the Data API refuses as INVALID_ARGUMENT, with its words."""


@dataclass
class Sums:
    sessions: int = 0
    engaged: int = 0
    users: int = 0
    key_events: int = 0
    purchases: int = 0
    views: int = 0
    amounts: list[Decimal] = field(default_factory=list[Decimal])

    def values(self) -> Mapping[str, str]:
        bounced = (self.sessions - self.engaged) / self.sessions if self.sessions else 0
        values: dict[str, int | float] = {
            "sessions": self.sessions,
            "engagedSessions": self.engaged,
            "bounceRate": bounced,
            "engagementRate": 1 - bounced if self.sessions else 0,
            "activeUsers": self.users,
            "keyEvents": self.key_events,
            "ecommercePurchases": self.purchases,
            # Added up in binary, as Google does: the last digits are not to be trusted.
            "purchaseRevenue": sum(float(each) for each in self.amounts),
            "screenPageViews": self.views,
        }
        return {name: str(value) for name, value in values.items()}


@dataclass(frozen=True)
class Request:
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    first: date
    last: date
    keeps: Callable[[Mapping[str, str]], bool]
    order: tuple[tuple[str, bool], ...]
    limit: int
    offset: int
    wants_quota: bool


def parse(asked: Asked, found: Property) -> Request:
    unknown = sorted(set(asked) - _KNOWN_FIELDS)
    if unknown:
        raise InvalidReportError(
            f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
        )
    dimensions = _names(asked, "dimensions")
    metrics = _names(asked, "metrics")
    _require_compatible(dimensions, metrics)
    ranges = cast("Sequence[Mapping[str, str]]", asked.get("dateRanges") or ())
    if len(ranges) != 1:
        raise InvalidReportError("Exactly one date range is simulated.")
    first, last = (_day(ranges[0].get(end, ""), found.today) for end in ("startDate", "endDate"))
    if first > last:
        raise InvalidReportError("The end date must not be before the start date.")
    limit = int(asked.get("limit") or DEFAULT_LIMIT)
    if not 0 < limit <= MOST_ROWS:
        raise InvalidReportError(f"limit must be between 1 and {MOST_ROWS}.")
    return Request(
        dimensions=dimensions,
        metrics=metrics,
        first=first,
        last=last,
        keeps=_keeps(asked.get("dimensionFilter"), dimensions),
        order=_order(asked),
        limit=limit,
        offset=int(asked.get("offset") or 0),
        wants_quota=bool(asked.get("returnPropertyQuota")),
    )


def run(request: Request, found: Property) -> dict[str, Any]:
    """The answer without its quota."""
    groups = _grouped(request, found)
    rows = sorted(groups.items())
    for name, descending in reversed(request.order):
        rows.sort(key=lambda row, name=name: _sort_key(request, row, name), reverse=descending)
    page = rows[request.offset : request.offset + request.limit]
    days = (request.last - request.first).days + 1
    answer: dict[str, Any] = {
        "dimensionHeaders": [{"name": name} for name in request.dimensions],
        "metricHeaders": [{"name": name, "type": METRICS[name]} for name in request.metrics],
        "metadata": _metadata(request, found, days, len(rows)),
        "kind": "analyticsData#runReport",
    }
    if rows:
        answer["rowCount"] = len(rows)
    if page:
        answer["rows"] = [_row(request, key, sums) for key, sums in page]
    return answer


def cost_of(request: Request, answer: Asked) -> int:
    days = (request.last - request.first).days + 1
    return 1 + len(request.dimensions) // 3 + days // 30 + len(answer.get("rows", ())) // 500


def _row(request: Request, key: Sequence[str], sums: Sums) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if request.dimensions:
        row["dimensionValues"] = [{"value": value} for value in key]
    values = sums.values()
    row["metricValues"] = [{"value": values[name]} for name in request.metrics]
    return row


def _metadata(request: Request, found: Property, days: int, rows: int) -> dict[str, Any]:
    told: dict[str, Any] = {"currencyCode": found.currency, "timeZone": found.timezone}
    covered = days_between(request.first, request.last)
    if "landingPage" in request.dimensions and any(map(found.has_other_row, covered)):
        told["dataLossFromOtherRow"] = True
    if found.is_thresholded:
        told["subjectToThresholding"] = True
    if found.is_sampled(days):
        told["samplingMetadatas"] = [
            {"samplesReadCount": str(600 * days), "samplingSpaceSize": str(1_000 * days)}
        ]
    if not rows:
        told["emptyReason"] = "NO_DATA"
    return told


def _grouped(request: Request, found: Property) -> dict[tuple[str, ...], Sums]:
    tell = _views if "screenPageViews" in request.metrics else _traffic
    groups: dict[tuple[str, ...], Sums] = {}
    last = min(request.last, found.today)
    for day in days_between(request.first, last):
        for named, sums in tell(found, day):
            if request.keeps(named):
                key = tuple(named[name] for name in request.dimensions)
                _add(groups.setdefault(key, Sums()), sums)
    return groups


def _add(total: Sums, more: Sums) -> None:
    total.sessions += more.sessions
    total.engaged += more.engaged
    total.users += more.users
    total.key_events += more.key_events
    total.purchases += more.purchases
    total.views += more.views
    total.amounts += more.amounts


def _traffic(found: Property, day: date) -> Iterator[tuple[Mapping[str, str], Sums]]:
    share = found.visible_share(day)
    for entrance, seen in found.traffic.day(day).items():
        what = (day, entrance)
        paid = seen.purchases[: visible(len(seen.purchases), share, what)]
        sums = Sums(
            sessions=visible(seen.sessions, share, what),
            engaged=visible(seen.engaged, share, what),
            users=visible(seen.users, share, what),
            key_events=visible(seen.carts, share, what) + len(paid),
            purchases=len(paid),
            amounts=[found.shop.money(minor) for minor in paid],
        )
        if sums.sessions or sums.purchases:
            yield (
                {
                    "date": f"{day:%Y%m%d}",
                    "landingPage": entrance.landing_page,
                    "sessionSource": entrance.source,
                    "sessionMedium": entrance.medium,
                    "sessionSourceMedium": f"{entrance.source} / {entrance.medium}",
                    "sessionCampaignName": entrance.campaign,
                    "sessionDefaultChannelGroup": entrance.channel_group,
                },
                sums,
            )


def _views(found: Property, day: date) -> Iterator[tuple[Mapping[str, str], Sums]]:
    share = found.visible_share(day)
    for path, (views, users) in found.traffic.product_views(day).items():
        seen = visible(views, share, (day, path))
        if seen:
            named = {"date": f"{day:%Y%m%d}", "pagePath": path}
            yield named, Sums(views=seen, users=min(seen, visible(users, share, (day, path))))


def _names(asked: Asked, what: str) -> tuple[str, ...]:
    return tuple(str(each.get("name")) for each in asked.get(what) or ())


def _require_compatible(dimensions: Sequence[str], metrics: Sequence[str]) -> None:
    if len(dimensions) > _MOST_DIMENSIONS or not 0 < len(metrics) <= _MOST_METRICS:
        raise InvalidReportError(
            f"Requests are limited to {_MOST_DIMENSIONS} dimensions and 1 to "
            f"{_MOST_METRICS} metrics."
        )
    known = {*TRAFFIC_DIMENSIONS, *VIEW_DIMENSIONS}
    for kind, names, valid in (("dimension", dimensions, known), ("metric", metrics, METRICS)):
        for name in names:
            if name not in valid:
                raise InvalidReportError(
                    f"Field {name} is not a valid {kind}. For a list of valid dimensions and "
                    "metrics, see the API's schema."
                )
    views = "screenPageViews" in metrics
    others = set(metrics) - {"screenPageViews", "activeUsers"}
    fitting = VIEW_DIMENSIONS if views else TRAFFIC_DIMENSIONS
    if set(dimensions) - set(fitting) or (views and others):
        raise InvalidReportError(
            "Please remove dimensions or metrics to make the request compatible."
        )


def _day(told: str, today: date) -> date:
    ago = _AGO.fullmatch(told)
    if told in ("today", "yesterday") or ago:
        back = int(ago[1]) if ago else int(told == "yesterday")
        return today - timedelta(days=back)
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise InvalidReportError(f"Invalid date: {told!r}.") from None


def _keeps(told: Any, dimensions: Sequence[str]) -> Callable[[Mapping[str, str]], bool]:
    if not told:
        return lambda _named: True
    wanted: Mapping[str, Any] = told.get("filter") or {}
    text: Mapping[str, Any] = wanted.get("stringFilter") or {}
    name = wanted.get("fieldName")
    if text.get("matchType") != "CONTAINS" or name not in dimensions:
        raise InvalidReportError("Only a CONTAINS filter on an asked dimension is simulated.")
    return lambda named: str(text.get("value", "")) in named[str(name)]


def _order(asked: Asked) -> tuple[tuple[str, bool], ...]:
    order: list[tuple[str, bool]] = []
    for each in asked.get("orderBys") or ():
        by: Asked = each.get("dimension") or each.get("metric") or {}
        name = str(by.get("dimensionName") or by.get("metricName"))
        order.append((name, bool(each.get("desc"))))
    return tuple(order)


def _sort_key(request: Request, row: tuple[tuple[str, ...], Sums], name: str) -> Any:
    key, sums = row
    if name in request.dimensions:
        return key[request.dimensions.index(name)]
    if name in request.metrics:
        return float(sums.values()[name])
    raise InvalidReportError(f"The report cannot be ordered by {name}.")
