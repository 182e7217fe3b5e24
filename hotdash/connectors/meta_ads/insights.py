"""Meta's insights of ranges of days: asked for at once where they are small, else computed in jobs of Meta's."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hotdash.connectors.calling import VendorAnswerError, VendorUnavailableError
from hotdash.connectors.meta_ads.client import Answer, MetaAdsClient
from hotdash.connectors.meta_ads.counts import COUNTED
from hotdash.connectors.meta_ads.errors import TooMuchAskedError
from hotdash.connectors.meta_ads.tables import INSIGHT_FIELDS, WINDOWS
from hotdash.connectors.windows import Window

AT_ONCE_DAYS = 31
JOB_DAYS = 183
SUMS_DAYS = 92
JOBS_AT_ONCE = 5

_COMPLETED = "Job Completed"
_ENDED_BADLY = ("Job Failed", "Job Skipped")
_WHOLE = 100
_FIRST_REST, _LONGEST_REST = 0.5, 30.0
_LONGEST_STANDSTILL = timedelta(minutes=30)
_JOB_FIELDS = (
    *("async_status", "async_percent_completion"),
    *("error_code", "error_message", "error_subcode", "error_user_title", "error_user_msg"),
)
# A filter of Meta's own hides what was deleted or archived, though it was paid for.
_ALL_STATES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Report:
    window: Window
    records: list[Any]


class Insights:
    """One ad account's numbers per campaign and day, each purchase on the day of its click or view."""

    def __init__(self, client: MetaAdsClient, account_id: str) -> None:
        self._client = client
        self._path = f"act_{account_id}/insights"

    def reports(self, windows: Sequence[Window]) -> Iterator[Report]:
        """One report per window, or several that make it up; in any order."""
        large: list[Window] = []
        for window in windows:
            if window.length > AT_ONCE_DAYS:
                large.append(window)
                continue
            try:
                yield Report(window, self._rows(self._path, **_asked(window)))
            except TooMuchAskedError:
                large.append(window)
        yield from self._computed(large)

    def totals(self, window: Window) -> list[Any]:
        """The account's own sums per day, to hold the campaigns against."""
        return [row for piece in window.cut(SUMS_DAYS) for row in self._totals(piece)]

    def _totals(self, window: Window) -> list[Any]:
        asked = {
            "level": "account",
            "time_increment": "1",
            "time_range": _range(window),
            "fields": ",".join(COUNTED),
        }
        try:
            return self._rows(self._path, **asked)
        except TooMuchAskedError as error:
            if window.length == 1:
                raise self._not_computed(window, error.message) from error
        return [record for half in window.halves() for record in self._totals(half)]

    def _rows(self, path: str, **asked: Any) -> list[Any]:
        pages = self._client.pages("insights", path, **asked)
        return [record for page in pages for record in page.records]

    def _computed(self, windows: Sequence[Window]) -> Iterator[Report]:
        """Jobs side by side; the range of one that failed is halved, a single day tried once more."""
        waiting, failed = deque(windows), Counter[Window]()
        jobs = _Jobs(self._client, self._path)
        while waiting or jobs.running:
            while waiting and len(jobs.running) < JOBS_AT_ONCE:
                jobs.start(waiting.popleft())
            for run_id, window, job in jobs.ended():
                if job.get("async_status") == _COMPLETED:
                    yield Report(window, self._rows(f"{run_id}/insights"))
                    continue
                failed[window] += 1
                if window.length == 1 and failed[window] > 1:
                    raise self._not_computed(window, _said(job))
                waiting.extendleft(reversed(list(window.halves())))

    def _not_computed(self, window: Window, said: str) -> VendorAnswerError:
        return VendorAnswerError(
            f"Meta cannot compute the insights of {self._client.shop_id} for {window.first}: {said}",
            hint="Nothing is lost; run again later. If it stays, ask Meta's support.",
        )


class _Jobs:
    """The jobs Meta works on for us, asked after more and more seldom while nothing moves."""

    def __init__(self, client: MetaAdsClient, path: str) -> None:
        self._client = client
        self._path = path
        self._seen: dict[str, tuple[Any, Any]] = {}
        self._rest = _FIRST_REST
        self._stood_still = 0.0
        self.running: dict[str, Window] = {}

    def start(self, window: Window) -> None:
        answer = self._client.post("insights_job", self._path, **_asked(window))
        run_id = answer.get("report_run_id")
        if not isinstance(run_id, str | int):
            raise VendorAnswerError(
                f"Meta took a job for {self._client.shop_id} and gave no report_run_id.",
                hint="Run again later; if it stays, update Hotdash or report this message.",
            )
        self.running[str(run_id)] = window

    def ended(self) -> Iterator[tuple[str, Window, Answer]]:
        """Those that came to an end, well or badly, since the last time."""
        self._client.sleep(self._rest)
        self._stood_still += self._rest
        self._rest = min(self._rest * 2, _LONGEST_REST)
        for run_id, window in list(self.running.items()):
            job = self._client.get("insights_progress", run_id, fields=",".join(_JOB_FIELDS))
            if self._has_moved(run_id, job):
                self._stood_still, self._rest = 0.0, _FIRST_REST
            if _has_ended(job):
                del self.running[run_id]
                yield run_id, window, job
        if self._stood_still > _LONGEST_STANDSTILL.total_seconds():
            raise VendorUnavailableError(
                f"Meta's jobs for {self._client.shop_id} have not moved for half an hour.",
                hint="Nothing is lost; run again later.",
            )

    def _has_moved(self, run_id: str, job: Answer) -> bool:
        now = (job.get("async_status"), job.get("async_percent_completion"))
        moved = self._seen.get(run_id) != now
        self._seen[run_id] = now
        return moved


def _has_ended(job: Answer) -> bool:
    """A job can stand at a hundred percent and still be running."""
    status = job.get("async_status")
    is_whole = job.get("async_percent_completion") == _WHOLE
    return status in _ENDED_BADLY or (status == _COMPLETED and is_whole)


def _said(job: Answer) -> str:
    told = job.get("error_user_msg") or job.get("error_message") or "no reason"
    return f"{told} ({job.get('async_status')}, error {job.get('error_code')})"


def _asked(window: Window) -> dict[str, Any]:
    return {
        "level": "campaign",
        "time_increment": "1",
        "time_range": _range(window),
        "fields": ",".join(INSIGHT_FIELDS),
        "action_attribution_windows": list(WINDOWS),
        "action_report_time": "impression",
        "filtering": [
            {"field": "campaign.effective_status", "operator": "IN", "value": list(_ALL_STATES)}
        ],
    }


def _range(window: Window) -> dict[str, str]:
    return {"since": str(window.first), "until": str(window.last)}
