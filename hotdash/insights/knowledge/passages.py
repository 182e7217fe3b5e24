"""A text becomes passages: along its headings, short enough to be cited, long enough to be understood."""

import re
from collections.abc import Iterator
from itertools import islice

LONGEST = 1_200
# A text of a thousand headings must not outweigh everything else there is; the longest guide has some forty.
MOST = 400
# It stands above each of its passages.
LONGEST_HEADING = 300
_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
# No part of it goes beyond the next bracket: whoever writes thousands of them makes nobody look ahead for each.
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^)\s\[]*\)")
_FENCE = re.compile(r"^\s*(```|~~~)")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def passages_of(title: str, text: str) -> list[tuple[str, str]]:
    """Pairs of heading and body, the first of them; a document without a word still has its title to be found by."""
    found = (
        (_under(title, above), body)
        for above, section in _sections(_without_comments(text.replace("\0", "")))
        for body in _pieces(section)
    )
    return list(islice(found, MOST)) or [(title, "")]


def _without_comments(text: str) -> str:
    kept: list[str] = []
    place = 0
    while (begin := text.find("<!--", place)) >= 0:
        end = text.find("-->", begin + 4)
        if end < 0:
            break
        kept.append(text[place:begin])
        place = end + 3
    return "".join([*kept, text[place:]])


def _heading(told: str) -> str:
    closed = told.rstrip()
    return _LINK.sub(r"\1", closed.rstrip("#").rstrip() or closed)[:LONGEST_HEADING]


def _under(title: str, above: list[str]) -> str:
    below = [each for each in above if each != title]
    return " › ".join([title, *below])


def _sections(text: str) -> Iterator[tuple[list[str], str]]:
    """What stands under each heading, with the headings above it; `#` in code is no heading."""
    above: list[tuple[int, str]] = []
    lines: list[str] = []
    in_code = False
    for line in text.splitlines():
        in_code ^= bool(_FENCE.match(line))
        heading = None if in_code else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield [each for _, each in above], "\n".join(lines)
        lines = []
        depth = len(heading[1])
        above = [each for each in above if each[0] < depth]
        above.append((depth, _heading(heading[2])))
    yield [each for _, each in above], "\n".join(lines)


def _pieces(section: str) -> Iterator[str]:
    """Paragraphs together up to the longest; one that alone is longer, by its sentences."""
    gathered = ""
    for paragraph in re.split(r"\n\s*\n", _LINK.sub(r"\1", section)):
        for part in _short(paragraph.strip()):
            if gathered and len(gathered) + len(part) + 2 > LONGEST:
                yield gathered
                gathered = ""
            gathered = f"{gathered}\n\n{part}" if gathered else part
    if gathered:
        yield gathered


def _short(paragraph: str) -> Iterator[str]:
    if len(paragraph) <= LONGEST:
        if paragraph:
            yield paragraph
        return
    gathered = ""
    for sentence in _SENTENCE_END.split(paragraph):
        if gathered and len(gathered) + len(sentence) + 1 > LONGEST:
            yield gathered
            gathered = ""
        gathered = f"{gathered} {sentence}" if gathered else sentence
        while len(gathered) > LONGEST:
            yield gathered[:LONGEST]
            gathered = gathered[LONGEST:]
    if gathered:
        yield gathered
