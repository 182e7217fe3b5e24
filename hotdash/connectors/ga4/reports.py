"""What a report asks and answers, the same whoever carries it: the Data API or an MCP host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

Told = Mapping[str, Any]
_CONTAINS = 4
_NOTHING: Told = {}
_STANDARD_TOKENS_PER_HOUR = 40_000


@dataclass(frozen=True)
class ReportRequest:
    """One page of a report; `contains` keeps the rows whose dimension has this text in it."""

    first: str
    last: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    contains: tuple[str, str] | None = None
    limit: int = 1
    offset: int = 0

    def as_json(self) -> Told:
        """As the Data API's JSON has it: 64-bit numbers are text."""
        body: dict[str, Any] = {
            "dateRanges": [{"startDate": self.first, "endDate": self.last}],
            "dimensions": [{"name": name} for name in self.dimensions],
            "metrics": [{"name": name} for name in self.metrics],
            # Pages of rows in no particular order would overlap.
            "orderBys": [{"dimension": {"dimensionName": name}} for name in self.dimensions],
            "limit": str(self.limit),
            "offset": str(self.offset),
            "returnPropertyQuota": True,
        }
        if self.contains is not None:
            field, text = self.contains
            wanted = {"matchType": "CONTAINS", "value": text, "caseSensitive": True}
            body["dimensionFilter"] = {"filter": {"fieldName": field, "stringFilter": wanted}}
        return body

    def as_arguments(self, property_id: str) -> dict[str, Any]:
        """As the MCP host's tool takes it: names as in Google's protocol buffers."""
        arguments: dict[str, Any] = {
            "property_id": property_id,
            "date_ranges": [{"start_date": self.first, "end_date": self.last}],
            "dimensions": list(self.dimensions),
            "metrics": list(self.metrics),
            "order_bys": [{"dimension": {"dimension_name": name}} for name in self.dimensions],
            "limit": self.limit,
            "offset": self.offset,
            "return_property_quota": True,
        }
        if self.contains is not None:
            field, text = self.contains
            wanted = {"match_type": _CONTAINS, "value": text, "case_sensitive": True}
            arguments["dimension_filter"] = {
                "filter": {"field_name": field, "string_filter": wanted}
            }
        return arguments


class Transport(Protocol):
    """Whoever brings a report: the answer is the Data API's, by the names of its JSON."""

    def run(self, operation: str, request: ReportRequest) -> Told: ...

    def granted(self) -> Sequence[str] | None:
        """The scopes we have; an MCP host signs in by itself and does not tell."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Limit:
    consumed: int
    remaining: int


@dataclass(frozen=True)
class Quota:
    """What the property may still ask, as Google tells with each answer."""

    per_day: Limit
    per_hour: Limit
    per_project_hour: Limit
    concurrent_left: int
    server_errors_left: int
    thresholded_left: int

    @classmethod
    def of(cls, answer: Told) -> "Quota | None":
        told: Told | None = answer.get("propertyQuota")
        if not told:
            return None
        return cls(
            per_day=_limit(told, "tokensPerDay"),
            per_hour=_limit(told, "tokensPerHour"),
            per_project_hour=_limit(told, "tokensPerProjectPerHour"),
            concurrent_left=_limit(told, "concurrentRequests").remaining,
            server_errors_left=_limit(told, "serverErrorsPerProjectPerHour").remaining,
            thresholded_left=_limit(told, "potentiallyThresholdedRequestsPerHour").remaining,
        )

    @property
    def cost(self) -> int:
        return self.per_day.consumed

    @property
    def used_share(self) -> float:
        return min(1.0, max(0.0, 1 - self.per_hour.remaining / _STANDARD_TOKENS_PER_HOUR))

    @property
    def allows_another(self) -> bool:
        """Whether a call as dear as the last would be let through."""
        left = min(self.per_day.remaining, self.per_hour.remaining, self.per_project_hour.remaining)
        return left >= max(self.cost, 1)


def _limit(told: Told, name: str) -> Limit:
    """Zeros are left out of Google's JSON."""
    found: Told = told.get(name) or _NOTHING
    return Limit(int(found.get("consumed", 0)), int(found.get("remaining", 0)))


@dataclass(frozen=True)
class ReportMeta:
    """What Google says about the numbers of one answer: whose days they are, and how exact."""

    timezone: str
    currency: str
    is_thresholded: bool
    has_other_row: bool
    samples_read: int | None
    sampling_space: int | None

    @classmethod
    def of(cls, answer: Told) -> "ReportMeta":
        told: Told = answer.get("metadata") or _NOTHING
        samplings = cast("Sequence[Told]", told.get("samplingMetadatas") or ())
        return cls(
            timezone=str(told.get("timeZone") or ""),
            currency=str(told.get("currencyCode") or ""),
            is_thresholded=bool(told.get("subjectToThresholding")),
            has_other_row=bool(told.get("dataLossFromOtherRow")),
            samples_read=_summed(samplings, "samplesReadCount"),
            sampling_space=_summed(samplings, "samplingSpaceSize"),
        )


def _summed(samplings: Sequence[Told], name: str) -> int | None:
    return sum(int(each.get(name, 0)) for each in samplings) if samplings else None


# One of a value's kinds, told by some of Google's clients beside the value itself.
_VALUES = frozenset({"value", "oneValue"})
_KINDS = (("dimensionHeaders", "dimensionValues"), ("metricHeaders", "metricValues"))
# What stands in a record where a row did not fit the headers, to be seen in quarantine.
UNFIT_KEYS = tuple(values for _, values in _KINDS)


def records_of(answer: Told) -> list[dict[str, Any]]:
    """Rows by the names in the answer's own headers; values that do not fit them stay as they came."""
    names = {
        values: [str(header.get("name")) for header in _objects(answer.get(headers)) or ()]
        for headers, values in _KINDS
    }
    return [_record(row, names) for row in _objects(answer.get("rows")) or ()]


def _record(row: Told, names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    record = {key: value for key, value in row.items() if key not in UNFIT_KEYS}
    for kind in UNFIT_KEYS:
        values = _objects(row.get(kind))
        if values is not None and len(values) == len(names[kind]):
            for name, value in zip(names[kind], values, strict=True):
                record |= _named(name, value)
        elif kind in row:
            record[kind] = row[kind]
    return record


def _named(name: str, value: Told) -> dict[str, Any]:
    more = {f"{name}.{key}": each for key, each in value.items() if key not in _VALUES}
    return more | ({name: value["value"]} if "value" in value else {})


def _objects(told: Any) -> Sequence[Told] | None:
    """A list of nothing but objects, if it is one."""
    if not isinstance(told, list):
        return None
    each = cast("list[Any]", told)
    return each if all(isinstance(one, dict) for one in each) else None
