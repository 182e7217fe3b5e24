"""The way to a tile for a browser that asks in words known by now: past everything that reads words."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hotdash.entrypoints.web.api.tiles import answer_browser
from hotdash.entrypoints.web.gate import bearer_of
from hotdash.entrypoints.web.known_tiles import TileQuestion
from hotdash.entrypoints.web.parts import Parts


class TileShortcut:
    """FastAPI's way to a route costs more than the answer. Who may see it is asked at the same gate."""

    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        question = self._known(scope)
        if question is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if bearer_of(request) is not None:
            await self._app(scope, receive, send)
            return
        scope["route"] = question.route
        answer = await answer_browser(request, self._parts, question)
        await answer(scope, receive, send)

    def _known(self, scope: Scope) -> TileQuestion | None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return None
        return self._parts.known_tiles.find(scope)
