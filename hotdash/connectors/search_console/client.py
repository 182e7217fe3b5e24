"""Search Console's Search Analytics, page by page, as the rows of one range of days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from urllib.parse import quote

import httpx

from hotdash.base.http import open_client
from hotdash.connectors.calling import Caller, VendorAccessError, VendorAnswerError
from hotdash.connectors.google_auth import GoogleTokens
from hotdash.connectors.google_calls import Answer, GoogleCalls
from hotdash.connectors.spec import Access

VENDOR = "search_console"
BASE_URL = "https://www.googleapis.com"
READ_SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"
PAGE_ROWS = 25_000
BY_PROPERTY = "BY_PROPERTY"
BY_PAGE = "BY_PAGE"
DATE = "DATE"
PAGE = "PAGE"
QUERY = "QUERY"
_READINGS = 3
_MEND = (
    "Add the service account (or the person who signed in) as a user of the site under Settings → "
    "Users and permissions in Search Console, switch on the Search Console API in its Cloud "
    "project, and check site_url letter by letter."
)
_NO_ACCESS = ("SITE_UNVERIFIED_USER", "SITE_PERMISSION_LEVEL_UNSPECIFIED")


@dataclass(frozen=True)
class Found:
    """The rows of a range, each by the names of its dimensions, and from which day on they may change."""

    records: Sequence[dict[str, Any]]
    first_incomplete: date | None


class SearchConsoleClient:
    def __init__(
        self,
        access: Access,
        site_url: str,
        *,
        page_rows: int = PAGE_ROWS,
        http: httpx.Client | None = None,
    ) -> None:
        http = http or open_client()
        self.site_url = site_url
        self._caller = Caller.of(VENDOR, access)
        self._page_rows = page_rows
        tokens = GoogleTokens(access.fields, self._caller, http, access.clock, (READ_SCOPE,))
        self._calls = GoogleCalls(tokens, self._caller, http, _MEND)
        self._sites = f"{access.base_url(BASE_URL)}/webmasters/v3/sites"

    @property
    def shop_id(self) -> str:
        return self._caller.shop_id

    def granted(self) -> tuple[str, ...]:
        return self._calls.granted()

    def site(self) -> Answer:
        """The site as the account sees it; an error where it may not read it."""
        entries = self._calls.get("sites", self._sites).get("siteEntry") or ()
        for entry in cast("Sequence[Answer]", entries):
            if entry.get("siteUrl") == self.site_url:
                if entry.get("permissionLevel") in _NO_ACCESS:
                    break
                return entry
        raise VendorAccessError(
            f"Search Console does not let us read the site {self.site_url} for {self.shop_id}.",
            hint=_MEND,
        )

    def again(self, reading: int) -> None:
        """Wait before what did not add up is read again."""
        self._caller.sleep(self._caller.policy.wait(reading))

    def totals(self, first: date, last: date, aggregation: str) -> Found:
        """One row per day that had any search; days without are left out by Google."""
        found = self._found(f"days_{aggregation.lower()}", first, last, (DATE,), aggregation)
        for record in found.records:
            record["aggregation"] = aggregation
        return found

    def queries(self, first: date, last: date) -> Found:
        return self._found("queries", first, last, (DATE, PAGE, QUERY), BY_PAGE)

    def _found(
        self, operation: str, first: date, last: date, dimensions: Sequence[str], aggregation: str
    ) -> Found:
        """Pages that overlap are read anew: the rows moved while they were read."""
        for reading in range(_READINGS):
            if reading:
                self.again(reading)
            found = self._pages(operation, first, last, dimensions, aggregation)
            keys = [
                tuple(str(record.get(name.lower())) for name in dimensions)
                for record in found.records
            ]
            if len(set(keys)) == len(keys):
                return found
        raise VendorAnswerError(
            f"Search Console's rows of {self.shop_id} from {first} to {last} came twice.",
            hint="Nothing of them was kept. Run again; if it stays, report this message.",
        )

    def _pages(
        self, operation: str, first: date, last: date, dimensions: Sequence[str], aggregation: str
    ) -> Found:
        records: list[dict[str, Any]] = []
        first_incomplete: date | None = None
        while True:
            body = {
                "startDate": str(first),
                "endDate": str(last),
                "dimensions": list(dimensions),
                "aggregationType": aggregation,
                "searchType": "WEB",
                "dataState": "ALL",
                "rowLimit": self._page_rows,
                "startRow": len(records),
            }
            url = f"{self._sites}/{quote(self.site_url, safe='')}/searchAnalytics/query"
            answer = self._calls.post(operation, url, body)
            self._require_aggregation(answer, aggregation)
            page = cast("Sequence[Any]", answer.get("rows") or ())
            records += [_record(row, dimensions) for row in page]
            first_incomplete = first_incomplete or _first_incomplete(answer)
            if len(page) < self._page_rows:
                return Found(records, first_incomplete)

    def _require_aggregation(self, answer: Answer, asked: str) -> None:
        told = answer.get("responseAggregationType")
        if told != asked and answer.get("rows"):
            raise VendorAnswerError(
                f"Search Console counted {told} where {asked} was asked for {self.shop_id}.",
                hint="Nothing of it was kept, because it would not compare. Report this message.",
            )


def _record(row: Any, dimensions: Sequence[str]) -> dict[str, Any]:
    """What has no key for each dimension stays as it came, to be refused with its reason."""
    if not isinstance(row, dict):
        return {"row": row}
    told = cast("dict[str, Any]", row)
    keys = told.get("keys")
    if not isinstance(keys, list) or len(cast("list[Any]", keys)) != len(dimensions):
        return dict(told)
    named = zip((name.lower() for name in dimensions), cast("list[Any]", keys), strict=True)
    return {**dict(named), **{name: value for name, value in told.items() if name != "keys"}}


def _first_incomplete(answer: Answer) -> date | None:
    metadata = cast("Answer", answer.get("metadata") or {})
    told = metadata.get("firstIncompleteDate")
    try:
        return date.fromisoformat(told) if told else None
    except (ValueError, TypeError) as error:
        raise VendorAnswerError(
            f"Search Console tells {told!r} as the first day that is not complete.",
            hint="Nothing was kept, because no day is known to be complete. Report this message.",
        ) from error
