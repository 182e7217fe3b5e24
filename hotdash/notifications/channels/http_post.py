"""One POST of JSON to a receiver, and its refusal in words."""

from collections.abc import Mapping

import httpx

from hotdash.base.http import open_client, why
from hotdash.notifications.channels.contract import undelivered
from hotdash.notifications.channels.through_apprise import READ_SECONDS

_HINTS = {
    401: "The receiver does not know the key: give the channel the right one.",
    403: "The receiver refuses the key: give the channel the right one.",
    404: "Nobody listens at this address: look at the channel's address again.",
    410: "This receiver was removed: make a new one and add the channel anew.",
    429: "It takes no more for now; it is tried again later.",
}
_LATER = "It is tried again later; see whether the receiver is up."


def post(where: str, url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
    sent = {"content-type": "application/json", "user-agent": "Hotdash", **headers}
    try:
        with open_client(read_timeout=READ_SECONDS) as client:
            answer = client.post(url, content=body, headers=sent)
    except httpx.TransportError as error:
        raise undelivered(where, why(error), _LATER) from None
    except httpx.HTTPError as error:
        raise undelivered(where, type(error).__name__, _LATER) from None
    if not answer.is_success:
        hint = _HINTS.get(answer.status_code, _LATER)
        raise undelivered(where, f"HTTP {answer.status_code}", hint)
    return answer
