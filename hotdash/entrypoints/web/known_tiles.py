"""Addresses of tiles that were read before: the same words ask the same, so they are not read anew."""

from collections import OrderedDict
from dataclasses import dataclass

from starlette.routing import BaseRoute
from starlette.types import Scope

from hotdash.insights.metrics.period import Period

_REMEMBERED = 2048
_LONGEST_QUERY = 200
_Words = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class TileQuestion:
    """What FastAPI made of an address, and the route that it found for it."""

    tile: str
    shop: str
    period: Period
    route: BaseRoute


class KnownTiles:
    """Only what was asked and nothing about who may ask: that is found out every time."""

    def __init__(self) -> None:
        self._read: OrderedDict[_Words, TileQuestion] = OrderedDict()

    def find(self, scope: Scope) -> TileQuestion | None:
        return self._read.get(_words_of(scope))

    def remember(self, scope: Scope, question: TileQuestion) -> None:
        if len(scope["query_string"]) > _LONGEST_QUERY:
            return
        self._read[_words_of(scope)] = question
        while len(self._read) > _REMEMBERED:
            self._read.popitem(last=False)


def _words_of(scope: Scope) -> _Words:
    return scope["path"], scope["query_string"]
