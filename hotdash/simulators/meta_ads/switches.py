"""Meta's own switches: tokens, permissions, limits and jobs."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.routing import Route as HttpRoute

from hotdash.simulators.control import asked_of
from hotdash.simulators.meta_ads.state import MetaState


def switches_of(state: MetaState) -> list[BaseRoute]:
    doors = _Switches(state)
    changes = {"tokens": doors.token, "permissions": doors.permission, "limits": doors.limit}
    return [HttpRoute(f"/{name}", door, methods=["POST"]) for name, door in changes.items()]


class _Switches:
    def __init__(self, state: MetaState) -> None:
        self._state = state

    async def token(self, http: Request) -> Response:
        """Another token for a shop, or none at all: it is revoked."""
        asked = await asked_of(http)
        for account in self._state.accounts:
            if account.account.shop.shop_id == asked["shop"]:
                account.token = asked.get("token")
        return JSONResponse({})

    async def permission(self, http: Request) -> Response:
        """Grant, decline or let expire one permission of a shop's token."""
        asked = await asked_of(http)
        for account in self._state.accounts:
            if account.account.shop.shop_id == asked["shop"]:
                account.permissions[asked["permission"]] = asked["status"]
        return JSONResponse({})

    async def limit(self, http: Request) -> Response:
        """How full the limits are, what is too much at once, which jobs fail or never end."""
        asked = await asked_of(http)
        if "too_much" in asked:
            asked["too_much"] = tuple(asked["too_much"])
        for account in self._state.accounts:
            for name, value in asked.items():
                setattr(account.limits, name, value)
        return JSONResponse({})
