"""Chatwoot's own switches: edition, tokens, deletions, and webhooks sent on demand."""

from collections.abc import Mapping
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from hotdash.simulators.chatwoot.sending import Sending, deliver
from hotdash.simulators.chatwoot.state import Account
from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.control import asked_of
from hotdash.simulators.orders import epoch


def switches_of(accounts: Mapping[int, Account], clock: SimulatedClock) -> list[HttpRoute]:
    doors = _Switches(accounts, clock)
    changes = {
        "edition": doors.edition,
        "tokens": doors.token,
        "deletions": doors.delete,
        "webhooks": doors.webhooks,
    }
    return [HttpRoute(f"/{name}", door, methods=["POST"]) for name, door in changes.items()]


class _Switches:
    def __init__(self, accounts: Mapping[int, Account], clock: SimulatedClock) -> None:
        self._accounts = {account.shop.shop_id: account for account in accounts.values()}
        self._clock = clock

    async def edition(self, http: Request) -> Response:
        """enterprise or community, for one shop or all."""
        asked = await asked_of(http)
        for account in self._accounts.values():
            if asked.get("shop") in (None, account.shop.shop_id):
                account.edition = asked["edition"]
        return JSONResponse({})

    async def token(self, http: Request) -> Response:
        """Another token for a shop's administrator or agent, or none at all: it is revoked."""
        asked = await asked_of(http)
        account = self._accounts[asked["shop"]]
        is_administrator = asked.get("role", "administrator") == "administrator"
        kept = {t: a for t, a in account.tokens.items() if a.is_administrator != is_administrator}
        if asked.get("token"):
            kept[asked["token"]] = account.desk.agents[0 if is_administrator else 1]
        account.tokens = kept
        return JSONResponse({})

    async def delete(self, http: Request) -> Response:
        """A conversation or a contact is gone for good."""
        asked = await asked_of(http)
        account = self._accounts[asked["shop"]]
        if "conversation" in asked:
            account.deleted.add(asked["conversation"])
        if "contact" in asked:
            account.deleted_contacts.add(asked["contact"])
        return JSONResponse({})

    async def webhooks(self, http: Request) -> Response:
        """Send what happened between two instants, signed; told is how many were sent and taken."""
        asked = await asked_of(http)
        signed_at = asked.get("signed_at")
        sending = Sending(
            account=self._accounts[asked["shop"]],
            url=asked["url"],
            secret=asked["secret"],
            first=epoch(datetime.fromisoformat(asked["from"])),
            last=epoch(datetime.fromisoformat(asked["to"])),
            signed_at=epoch(datetime.fromisoformat(signed_at) if signed_at else self._clock.now()),
            shuffled=bool(asked.get("shuffled")),
            times=asked.get("times", 1),
        )
        return JSONResponse(await deliver(sending))
