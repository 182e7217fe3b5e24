"""What an answer's `X-Robots-Tag` asks of us: for everybody, or behind our name for us alone."""

import re
from collections.abc import Iterable

from hotdash.insights.knowledge.crawling.robots import AGENT

_FORBIDS_KEEPING = frozenset({"noindex", "none"})
_FORBIDS_FOLLOWING = frozenset({"nofollow", "none"})
# Directives that carry a value; any other word before a colon names whom the rest is for.
_WITH_VALUE = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)
# A date has a comma too, so that a colon may stand in its time: `25-Jun-10 15:00:00 GMT` is nobody's name.
_NAME = re.compile(r"[0-9]*[a-z]\S*")


def directives(lines: Iterable[str]) -> frozenset[str]:
    """A name holds to the end of its own line; with several lines each begins for everybody."""
    return frozenset(word for line in lines for word in _of_line(line))


def may_keep(told: Iterable[str]) -> bool:
    return _FORBIDS_KEEPING.isdisjoint(told)


def may_follow(told: Iterable[str]) -> bool:
    return _FORBIDS_FOLLOWING.isdisjoint(told)


def _of_line(line: str) -> Iterable[str]:
    is_for_us = True
    for part in line.lower().split(","):
        before, colon, after = (each.strip() for each in part.partition(":"))
        if colon and before not in _WITH_VALUE and _NAME.fullmatch(before):
            is_for_us = before == AGENT
            before = after
        if is_for_us:
            yield before
