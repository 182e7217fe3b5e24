"""Which address is asked for next, so that no bound of a night leaves the same pages unread every night."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

_ROOT, _NEW_FROM_ROOT, _NEW, _KNOWN = range(4)


@dataclass
class Waiting:
    """First what was never asked for, before all what the front page links to; then what was asked for longest ago."""

    asked_at: Mapping[str, datetime]
    root: str = ""
    _heap: list[tuple[int, float, int, str, str]] = field(
        default_factory=list[tuple[int, float, int, str, str]], init=False
    )
    _seen: set[str] = field(default_factory=set[str], init=False)
    _numbers: "count[int]" = field(default_factory=count, init=False)
    _current: tuple[str, str] | None = field(default=None, init=False)

    def __contains__(self, url: str) -> bool:
        return url in self._seen

    def begin(self, root: str) -> None:
        self.root = root
        self.add(root, root)

    def add(self, url: str, linked_from: str) -> bool:
        """Whether it is news: neither asked for on any night nor waiting already."""
        if url in self._seen:
            return False
        self._seen.add(url)
        asked = self.asked_at.get(url)
        since = 0.0 if asked is None else asked.timestamp()
        rank = self._rank(url, linked_from, is_new=asked is None)
        heappush(self._heap, (rank, since, next(self._numbers), url, linked_from))
        return asked is None

    def take(self) -> tuple[str, str] | None:
        """It counts as waiting until the next one is taken."""
        self._current = heappop(self._heap)[3:] if self._heap else None
        return self._current

    def sources_of_news(self) -> set[str]:
        """The pages whose links were not all asked for."""
        left = [each[3:] for each in self._heap]
        if self._current is not None:
            left.append(self._current)
        return {linked_from for url, linked_from in left if url not in self.asked_at}

    def _rank(self, url: str, linked_from: str, *, is_new: bool) -> int:
        if url == self.root:
            return _ROOT
        if not is_new:
            return _KNOWN
        return _NEW_FROM_ROOT if linked_from == self.root else _NEW
