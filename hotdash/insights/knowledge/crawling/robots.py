"""What a site's robots.txt allows us (RFC 9309): the group of our name, the longest rule, allow before disallow."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

AGENT = "hotdash"
_EVERYBODY = "*"
_PLAIN = "/*$?=&:;,@+!'()~"


@dataclass(frozen=True, slots=True)
class Robots:
    """Rules are pairs of pattern and whether it allows."""

    rules: Sequence[tuple[str, bool]] = ()
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
        if path == "/robots.txt":
            return True
        matched = [
            (len(pattern), is_allowed)
            for pattern, is_allowed in self.rules
            if _matches(pattern, path)
        ]
        return max(matched)[1] if matched else True


EVERYTHING = Robots()
NOTHING = Robots(rules=(("/", False),))


def read_robots(text: str, agent: str = AGENT) -> Robots:
    groups: dict[str, list[tuple[str, bool]]] = {}
    delays: dict[str, float] = {}
    sitemaps: list[str] = []
    named: set[str] = set()
    is_naming = False
    for line in text.lstrip("\ufeff").splitlines():
        field, _, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if field == "user-agent":
            ours_of = {value.lower()} & {agent, _EVERYBODY}
            named = named | ours_of if is_naming else ours_of
            is_naming = True
            for each in named:
                groups.setdefault(each, [])
            continue
        if field == "sitemap":
            sitemaps.append(value)
            continue
        if field in ("allow", "disallow", "crawl-delay"):
            is_naming = False
        for each in named:
            if field in ("allow", "disallow") and value:
                groups[each].append((_normal(value), field == "allow"))
            elif field == "crawl-delay":
                delays[each] = max(delays.get(each, 0.0), _seconds(value))
    ours = agent if agent in groups else _EVERYBODY
    return Robots(tuple(groups.get(ours, ())), delays.get(ours, 0.0), tuple(sitemaps))


def _seconds(value: str) -> float:
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value) else 0.0


def _normal(text: str) -> str:
    """However somebody wrote a character: %7E and ~ are one."""
    return quote(unquote(text), safe=_PLAIN)


def _matches(pattern: str, path: str) -> bool:
    """Each part as early as it fits: no pattern of a site can make us try for minutes."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not is_whole or path == first
    place = len(first)
    for part in others[:-1]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    last = others[-1]
    if is_whole:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0
