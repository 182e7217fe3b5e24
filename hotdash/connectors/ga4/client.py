"""Whole reports: read page by page, counted against Google's own count, and stopped before the quota is gone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from hotdash.base.clock import Clock
from hotdash.connectors.calling import Caller, VendorAnswerError
from hotdash.connectors.ga4.reports import (
    Quota,
    ReportMeta,
    ReportRequest,
    Told,
    Transport,
    records_of,
)
from hotdash.connectors.google_calls import QuotaUsedUpError

PAGE_ROWS = 250_000
_READINGS = 3
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Definition:
    """A report as it is asked for any range of days."""

    name: str
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    contains: tuple[str, str] | None = None

    def over(self, first: date, last: date, limit: int) -> ReportRequest:
        return ReportRequest(
            str(first), str(last), self.dimensions, self.metrics, self.contains, limit
        )


@dataclass(frozen=True)
class Report:
    """All rows of a report over some days; the flags of any of its pages hold for all of it."""

    records: Sequence[Mapping[str, Any]]
    meta: ReportMeta


@dataclass
class _Pages:
    """The pages of one reading, which must not contradict each other."""

    records: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    metas: list[ReportMeta] = field(default_factory=list[ReportMeta])
    counts: set[int] = field(default_factory=set[int])

    def difference(self, definition: Definition) -> str | None:
        if len(self.counts) != 1:
            return f"the count changed from page to page: {sorted(self.counts)}"
        [count] = self.counts
        if len(self.records) != count:
            return f"it counts {count} rows and told {len(self.records)}"
        keys = [
            tuple(record.get(name) for name in definition.dimensions) for record in self.records
        ]
        readable = [key for key in keys if None not in key]
        twice = len(readable) - len(set(map(str, readable)))
        return f"{twice} rows came twice" if twice else None

    def report(self) -> Report:
        meta = self.metas[0]
        for other in self.metas[1:]:
            meta = replace(
                meta,
                is_thresholded=meta.is_thresholded or other.is_thresholded,
                has_other_row=meta.has_other_row or other.has_other_row,
            )
        return Report(self.records, meta)


class Ga4Client:
    def __init__(
        self,
        transport: Transport,
        caller: Caller,
        clock: Clock,
        property_id: str,
        *,
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self.transport = transport
        self.property_id = property_id
        self.quota: Quota | None = None
        self._caller = caller
        self._clock = clock
        self._page_rows = page_rows
        self._quota_told_at: datetime | None = None

    @property
    def shop_id(self) -> str:
        return self._caller.shop_id

    def profile(self) -> ReportMeta:
        """The property's timezone and currency, as every report tells them."""
        request = ReportRequest("yesterday", "yesterday", ("date",), ("sessions",))
        meta = ReportMeta.of(self._run("profile", request))
        if not meta.timezone:
            raise VendorAnswerError(
                f"Google Analytics tells no timezone for the property {self.property_id}.",
                hint="Nothing can be counted by its days. Run again; if it stays, report it.",
            )
        return meta

    def report(
        self, definition: Definition, first: date, last: date, advance: Callable[[int], None]
    ) -> Report:
        """Read anew where the pages do not add up: numbers of the last days change while they are read."""
        difference = None
        for reading in range(_READINGS):
            if reading:
                self._caller.sleep(self._caller.policy.wait(reading))
            pages = self._pages(definition, first, last)
            difference = pages.difference(definition)
            if difference is None:
                advance(len(pages.records))
                return pages.report()
        raise VendorAnswerError(
            f"Google Analytics' report {definition.name} of {self.shop_id} from {first} to {last} "
            f"does not add up: {difference}.",
            hint="Nothing of it was kept. Run again; if it stays, report this message.",
        )

    def _pages(self, definition: Definition, first: date, last: date) -> _Pages:
        pages = _Pages()
        request = definition.over(first, last, self._page_rows)
        while True:
            answer = self._run(definition.name, request)
            page = records_of(answer)
            pages.records += page
            pages.metas.append(ReportMeta.of(answer))
            pages.counts.add(self._count(answer))
            reached = request.offset + self._page_rows
            if reached >= max(pages.counts) or not page:
                return pages
            request = replace(request, offset=reached)

    def _count(self, answer: Told) -> int:
        """Zero is left out of Google's JSON."""
        told = answer.get("rowCount", 0)
        if isinstance(told, bool) or not isinstance(told, int):
            raise VendorAnswerError(
                f"Google Analytics tells {told!r} as the number of rows for {self.shop_id}.",
                hint="Nothing was kept, because it cannot be counted. Report this message.",
            )
        return told

    def _run(self, operation: str, request: ReportRequest) -> Told:
        self._require_quota(operation)
        answer = self.transport.run(operation, request)
        quota = Quota.of(answer)
        if quota is not None:
            self.quota, self._quota_told_at = quota, self._clock.now()
        return answer

    def _require_quota(self, operation: str) -> None:
        """What was told in this hour still holds; in the next one Google says anew."""
        told_at = self._quota_told_at
        if self.quota is None or told_at is None or self.quota.allows_another:
            return
        if hour_of(told_at) == hour_of(self._clock.now()):
            raise QuotaUsedUpError(
                f"ga4 of {self.shop_id} is not asked for {operation}: the property's tokens of "
                "this hour or day are used up.",
                hint="Nothing is lost; what is missing is read when the quota has come back.",
            )


def hour_of(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def seconds_to_next_hour(instant: datetime) -> float:
    return (hour_of(instant) + _HOUR - instant).total_seconds()
