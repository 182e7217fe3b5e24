"""The Google Analytics Data API, asked directly."""

import httpx

from hotdash.base.http import open_client
from hotdash.connectors.calling import Caller, Measured
from hotdash.connectors.ga4.reports import Quota, ReportRequest, Told
from hotdash.connectors.google_auth import GoogleTokens
from hotdash.connectors.google_calls import GoogleCalls
from hotdash.connectors.spec import Access

VENDOR = "ga4"
BASE_URL = "https://analyticsdata.googleapis.com"
READ_SCOPE = "https://www.googleapis.com/auth/analytics.readonly"
_MEND = (
    "Give the service account (or the person who signed in) the role Viewer under Admin → "
    "Property access management, switch on the Google Analytics Data API in its Cloud project, "
    "and check property_id."
)


class DataApi:
    def __init__(
        self, access: Access, caller: Caller, property_id: str, http: httpx.Client | None = None
    ) -> None:
        http = http or open_client()
        tokens = GoogleTokens(access.fields, caller, http, access.clock, (READ_SCOPE,))
        self._calls = GoogleCalls(tokens, caller, http, _MEND, note_cost)
        self._url = f"{access.base_url(BASE_URL)}/v1beta/properties/{property_id}"

    def run(self, operation: str, request: ReportRequest) -> Told:
        return self._calls.post(operation, f"{self._url}:runReport", request.as_json())

    def granted(self) -> tuple[str, ...]:
        return self._calls.granted()

    def close(self) -> None:
        """Its connections are kept for the next report."""


def note_cost(answer: Told, measured: Measured) -> None:
    quota = Quota.of(answer)
    if quota is not None:
        measured.cost, measured.throttle = quota.cost, quota.used_share
