"""A page's tags and its text in one pass, whatever was left open in it: no part is looked at again and again."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r"<(?=[a-zA-Z/!?])")
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)", re.ASCII)
_ATTRIBUTE = re.compile(
    r"""(?P<blank>[\s/]*+)
    (?:(?P<end>>)
    |(?P<name>[^\s>][^\s/>=]*+)
     (?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s>]*+)))?
    )""",
    re.VERBOSE | re.ASCII,
)
_RAW_ENDS = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")
}


@dataclass(frozen=True, slots=True)
class Begin:
    tag: str
    attributes: dict[str, str]
    is_closed: bool


@dataclass(frozen=True, slots=True)
class End:
    tag: str


def marks(text: str) -> Iterator[Begin | End | str]:
    """What begins and never ends, a tag or a remark, takes the rest along, as in a browser."""
    place = 0
    while found := _MARK.search(text, place):
        if found.start() > place:
            yield unescaped(text[place : found.start()])
        place = found.start()
        named = _NAME.match(text, place)
        if named is None:
            place = _after_remark(text, place)
        elif named[1]:
            place = _after(text, ">", named.end())
            yield End(named[2].lower())
        else:
            begin, place = _begin(text, named)
            if begin is None:
                return
            yield begin
            ending = None if begin.is_closed else _RAW_ENDS.get(begin.tag)
            if ending is not None:
                closed = ending.search(text, place)
                place = closed.start() if closed else len(text)
    if place < len(text):
        yield unescaped(text[place:])


def unescaped(text: str) -> str:
    try:
        return html.unescape(text) if "&" in text else text
    except ValueError:
        # A number of thousands of digits names no letter.
        return text


def _begin(text: str, named: re.Match[str]) -> tuple[Begin | None, int]:
    attributes: dict[str, str] = {}
    place = named.end()
    while found := _ATTRIBUTE.match(text, place):
        place = found.end()
        if found["end"]:
            is_closed = found["blank"].endswith("/")
            return Begin(named[2].lower(), attributes, is_closed), place
        value = found["double"] or found["single"] or found["bare"] or ""
        attributes.setdefault(found["name"].lower(), unescaped(value))
    return None, len(text)


def _after_remark(text: str, place: int) -> int:
    if text.startswith("<!--", place):
        return _after(text, "-->", place + 4)
    return _after(text, ">", place)


def _after(text: str, sign: str, place: int) -> int:
    found = text.find(sign, place)
    return len(text) if found < 0 else found + len(sign)
