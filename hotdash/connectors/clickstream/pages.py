"""What is kept of a page's address: where it is and which campaign led there, nothing about the person."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, unquote_plus, urlsplit

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
CLICK_IDS = ("gclid", "fbclid", "msclkid", "ttclid")
MARKS = (*UTM, *CLICK_IDS)
HIDDEN = "(hidden)"

_EMAIL = re.compile(r"[^@\s/]+(@|%40)[^@\s/]+\.[^@\s/]+")
# What follows in these paths names an account, an order or a checkout, and may open it.
_PRIVATE = frozenset({"account", "orders", "checkouts", "checkout", "invoices"})
_PORT = re.compile(r":\d*$")


def page_of(address: str) -> dict[str, str | None]:
    """Host, path and campaign marks of an address; every mark decoded once, as it was written."""
    parts = _split(address)
    marks = dict(_marks(parts.query))
    return {
        "page_host": host_of(address),
        "page_path": public_path(parts.path) or None,
        **{name: marks.get(name) for name in MARKS},
    }


def host_of(address: str | None) -> str | None:
    """In lower case, without port and credentials; a bare host is one too."""
    if not address:
        return None
    text = address if "//" in address else f"//{address}"
    host = _PORT.sub("", _split(text).netloc.rpartition("@")[2]).lower()
    return host or None


def public_path(path: str) -> str:
    """Up to where it becomes private; a mail address in it is hidden."""
    kept: list[str] = []
    for segment in path.split("/"):
        kept.append(HIDDEN if _EMAIL.search(segment) else segment)
        if segment.lower() in _PRIVATE:
            break
    return "/".join(kept)


def without_person(mark: str) -> str:
    """A mail address that somebody put into a campaign link."""
    return HIDDEN if _EMAIL.search(mark) else mark


def clean_marks(marks: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: without_person(value) if (value := marks.get(name)) else None for name in MARKS}


def _marks(query: str) -> Iterator[tuple[str, str]]:
    """The first of each name counts; one that is not valid UTF-8 after decoding stays as it is."""
    known: set[str] = set()
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name in MARKS and name not in known and value:
            known.add(name)
            yield name, without_person(decoded_once(value))


def decoded_once(value: str) -> str:
    try:
        return unquote_plus(value, errors="strict").replace("\0", "%00")
    except UnicodeDecodeError:
        return value


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        bare, _, query = address.partition("#")[0].partition("?")
        return SplitResult("", "", bare if bare.startswith("/") else "", query, "")
