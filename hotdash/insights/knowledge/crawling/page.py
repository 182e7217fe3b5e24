"""What a person reads on a page: its title, its headings and its text, and where its links lead."""

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass

from hotdash.insights.knowledge.crawling.markup import Begin, End, marks
from hotdash.insights.knowledge.crawling.robots_tag import may_follow, may_keep

_SKIPPED = frozenset(
    "script style noscript template svg nav footer form iframe object select button".split()
)
_BLOCKS = frozenset(
    "p div section article main header aside ul ol li table tr blockquote pre br hr dl dt dd"
    " figure figcaption details summary address".split()
)
_HEADINGS = {f"h{depth}": "#" * depth for depth in range(1, 7)}
_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([\w-]{1,40})""", re.IGNORECASE)
MOST_LINKS = 2_000
MOST_TEXT = 300_000
_MOST_TITLE = 300
# Whoever nests deeper has made no page for people; each end looks through all that are open.
_DEEPEST = 100
# What Python knows besides letters of the web: names within addresses, escapes of its own sources.
_NO_LETTERS = frozenset("undefined idna punycode unicode-escape raw-unicode-escape utf-7".split())


@dataclass(frozen=True, slots=True)
class Page:
    """Links as they stand there; the text has its headings marked as Markdown does."""

    title: str
    text: str
    links: tuple[str, ...]
    base: str | None
    is_indexed: bool
    is_followed: bool


def read_page(content: bytes, charset: str | None, robots: frozenset[str] = frozenset()) -> Page:
    """However it is made, in time that grows with its size alone; `robots` is what its answer asked already."""
    reader = _Reader()
    for mark in marks(_decoded(content, charset)):
        reader.take(mark)
    text = "".join(reader.text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    title = " ".join("".join(reader.title).split())
    asked = robots | reader.robots
    return Page(
        title=title[:_MOST_TITLE],
        text=joined.replace("\0", "")[:MOST_TEXT],
        links=tuple(dict.fromkeys(reader.links)),
        base=reader.base,
        is_indexed=may_keep(asked),
        is_followed=may_follow(asked),
    )


def _decoded(content: bytes, charset: str | None) -> str:
    told = _CHARSET.search(content[:2048])
    for name in (charset, told[1].decode() if told else None, "utf-8"):
        if name and _is_of_letters(name):
            with suppress(LookupError, ValueError):
                return content.decode(name, errors="replace")
    return content.decode("utf-8", errors="replace")


def _is_of_letters(name: str) -> bool:
    try:
        return codecs.lookup(name).name.replace("_", "-") not in _NO_LETTERS
    except (LookupError, ValueError):
        return False


class _Reader:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.title: list[str] = []
        self.links: list[str] = []
        self.robots: set[str] = set()
        self.base: str | None = None
        self._skipping: list[str] = []
        self._in_title = False
        self._room = MOST_TEXT

    def take(self, mark: Begin | End | str) -> None:
        if isinstance(mark, str):
            self._take_text(mark)
        elif isinstance(mark, End):
            self._end(mark.tag)
        else:
            self._start(mark.tag, mark.attributes)
            if mark.is_closed:
                self._end(mark.tag)

    def _start(self, tag: str, told: dict[str, str]) -> None:
        if tag == "meta" and told.get("name", "").lower() in ("robots", "hotdash"):
            self.robots |= {word.strip().lower() for word in told.get("content", "").split(",")}
        elif tag == "base" and self.base is None:
            self.base = told.get("href") or None
        elif tag == "title" and not self.title:
            self._in_title = True
        elif tag == "a":
            self._link(told)
        if tag in _SKIPPED:
            if len(self._skipping) < _DEEPEST:
                self._skipping.append(tag)
        elif not self._skipping:
            self._begin(tag)

    def _link(self, told: dict[str, str]) -> None:
        is_kept = len(self.links) < MOST_LINKS and told.get("href")
        if is_kept and "nofollow" not in told.get("rel", "").lower().split():
            self.links.append(told["href"].strip())

    def _begin(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.text.append(f"\n\n{_HEADINGS[tag]} ")
        elif tag in _BLOCKS:
            self.text.append("\n\n" if tag in ("p", "section", "article") else "\n")

    def _end(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        if self._skipping:
            # Whatever was left open inside is closed with it.
            if tag in self._skipping:
                place = len(self._skipping) - 1 - self._skipping[::-1].index(tag)
                del self._skipping[place:]
        elif tag in _HEADINGS or tag in _BLOCKS:
            self.text.append("\n\n" if tag in _HEADINGS else "\n")

    def _take_text(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)
        elif not self._skipping and self._room > 0:
            self._room -= len(data)
            # In a heading a break would end it, and elsewhere it is a blank as well.
            self.text.append(re.sub(r"\s+", " ", data))
