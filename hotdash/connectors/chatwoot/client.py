"""Chatwoot's REST API over HTTP: it comes in by a token, waits as told, pages through lists, and names what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import httpx

from hotdash.base.errors import HotdashError
from hotdash.base.http import (
    TransientError,
    answered_at,
    open_client,
    raise_for_transience,
    retry_after,
    why,
)
from hotdash.base.reach import Reach
from hotdash.connectors.calling import (
    Caller,
    VendorAccessError,
    VendorAnswerError,
    VendorUnavailableError,
    json_of,
)
from hotdash.connectors.patience import LONGEST_WAIT

VENDOR = "chatwoot"
# Rack::Attack counts by the minute of the clock and rarely says how long is left of it.
_WINDOW_SECONDS = 60
_MOST_THROTTLED = 30
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY = 200, 401, 403, 404, 429
_NOT_ALLOWED = "not authorized"

Record = Mapping[str, Any]
Query = Mapping[str, str | int]
_NO_QUERY: Query = {}


class NotAllowedError(VendorAccessError):
    """The token is good, and its user may not do this."""

    code = "vendor_not_allowed"


class NotThereError(VendorAnswerError):
    """No such record, or a part of Chatwoot that this edition does not have."""

    code = "vendor_not_there"


class _ThrottledError(HotdashError):
    code = "throttled"

    def __init__(self, wait: float) -> None:
        super().__init__("Chatwoot asks to wait.", hint="It is waited for.")
        self.wait = wait


@dataclass
class ChatwootClient:
    """One account of one Chatwoot."""

    base_url: str
    account_id: int
    token: str
    caller: Caller
    http: httpx.Client
    answered_at: datetime | None = None

    @classmethod
    def opened(
        cls,
        base_url: str,
        account_id: int,
        token: str,
        caller: Caller,
        reach: Reach = Reach.ANYWHERE,
    ) -> "ChatwootClient":
        return cls(base_url, account_id, token, caller, open_client(reach=reach))

    def __repr__(self) -> str:
        return f"ChatwootClient({self.base_url!r}, account {self.account_id})"

    def profile(self) -> Record:
        return self._record("profile", f"{self.base_url}/api/v1/profile", _NO_QUERY)

    def record(self, operation: str, path: str = "", query: Query = _NO_QUERY) -> Record:
        """An answer that is one object; the path lies below the account."""
        return self._record(operation, self._url(path), query)

    def records(self, operation: str, path: str, query: Query = _NO_QUERY) -> list[Record]:
        """An answer that is a list and nothing around it."""
        answer = self._get(operation, self._url(path), query)
        return self._listed(operation, answer)

    def payload(self, operation: str, answer: Record) -> list[Record]:
        return self._listed(operation, answer.get("payload"))

    def count(self, operation: str, holder: object, key: str) -> int:
        """One of Chatwoot's own counts."""
        told = cast("Record", holder).get(key) if isinstance(holder, Mapping) else None
        if not isinstance(told, int):
            raise self._odd(operation, f"no count {key}")
        return told

    def _url(self, path: str) -> str:
        return f"{self.base_url}/api/v1/accounts/{self.account_id}{path}"

    def _record(self, operation: str, url: str, query: Query) -> Record:
        answer = self._get(operation, url, query)
        if not isinstance(answer, dict):
            raise self._odd(operation, "no object")
        return cast("Record", answer)

    def _listed(self, operation: str, told: object) -> list[Record]:
        if not isinstance(told, list) or not all(
            isinstance(each, dict) for each in cast("Sequence[object]", told)
        ):
            raise self._odd(operation, "no list of records")
        return cast("list[Record]", told)

    def _odd(self, operation: str, what: str) -> VendorAnswerError:
        return VendorAnswerError(
            f"Chatwoot's account {self.account_id} answered {operation} with {what}.",
            hint="Its version may have changed the shape; report it with that version.",
        )

    def _get(self, operation: str, url: str, query: Query) -> Any:
        """Being throttled is no failure: it is waited out, for the rest of the minute if need be."""
        for _ in range(_MOST_THROTTLED):
            try:
                return self.caller.call(operation, lambda _told: self._exchange(url, query))
            except _ThrottledError as told:
                if told.wait > LONGEST_WAIT.total_seconds():
                    raise VendorUnavailableError(
                        f"Chatwoot wants account {self.account_id} to ask for {operation} in "
                        f"{told.wait / 3600:.0f} hours.",
                        hint="Nothing is lost; a later run goes on.",
                    ) from told
                self.caller.sleep(told.wait)
        raise VendorUnavailableError(
            f"Chatwoot throttled {operation} of account {self.account_id} {_MOST_THROTTLED} times "
            "in a row.",
            hint="Nothing is lost; run again later, or raise RACK_ATTACK_LIMIT on your server.",
        )

    def _exchange(self, url: str, query: Query) -> Any:
        # Written with hyphens it survives proxies that drop headers with underscores.
        headers = {"Api-Access-Token": self.token, "Accept": "application/json"}
        request = self.http.build_request("GET", url, params=dict(query), headers=headers)
        response = self._sent(request)
        self.answered_at = answered_at(response) or self.answered_at
        self._judge(response)
        return json_of(response)

    def _sent(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self.http.send(request)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error
        if response.status_code == _TOO_MANY:
            raise _ThrottledError(_wait(response))
        raise_for_transience(response)
        return response

    def _judge(self, response: httpx.Response) -> None:
        status, path = response.status_code, response.request.url.path
        if status in (_UNAUTHORIZED, _FORBIDDEN):
            if status == _FORBIDDEN or _NOT_ALLOWED in response.text:
                raise NotAllowedError(
                    f"The user of the Chatwoot token may not read {path}.",
                    hint="Use the access token of an administrator of the account.",
                )
            raise VendorAccessError(
                f"Chatwoot rejects the access token for account {self.account_id}.",
                hint="Take the token anew from the profile settings in Chatwoot, then "
                "connect the account again.",
            )
        if status == _NOT_FOUND:
            raise NotThereError(
                f"Chatwoot has nothing at {path}.",
                hint="Check base_url and account_id: the address bar shows /app/accounts/<id>.",
            )
        is_page = "html" in response.headers.get("content-type", "")
        if status != _OK or is_page:
            told = "a web page" if is_page else f"HTTP {status}"
            raise VendorAnswerError(
                f"Chatwoot answered {path} with {told}.",
                hint="Check base_url: it is the address of Chatwoot itself, without a path.",
            )


def _wait(response: httpx.Response) -> float:
    """As long as it says, else what is left of the minute on its clock."""
    told = retry_after(response)
    at = answered_at(response)
    return told or _WINDOW_SECONDS - (at.second if at else 0)
