"""What a person is searched by in texts: whole words that tell who they are, however they are written there."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pyarrow.compute as pc

ERASED = "***"
# For `regexp_replace` with `Needles.pattern`: what stood beside the word stays.
ERASED_INSIDE = rf"\1\2{ERASED}\3"
# A shorter word stands in too many texts that are about somebody else.
_SHORTEST = 5
_SPECIAL = re.compile(r"([\\.^$*+?()\[\]{}|])")
# Not in the middle of another word: joann@x is not ann@x, and Joann Leeds not Ann Lee. What an escape
# leaves before a word (\n, \u0041, %20) belongs to no word. Postgres, RE2 and Python read these alike.
_BEFORE = (
    r"(^|[^A-Za-z0-9._-]|\\[nrtbf]|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[0-7]{3}|%[0-9A-Fa-f]{2})"
    r"([._-]*)"
)
# Behind a word a _ is none of it: no domain has one, and who names a file after somebody writes Ann Lee_2026.
_AFTER = r"($|[^A-Za-z0-9.-]|[.-]+($|[^A-Za-z0-9.-]))"
_LOOKED_AT = 64
_FIRST_ESCAPED = 0x80
_WILD = re.compile(r"([\\%_])")
_ESCAPED = r"\\\1"
_SPECIAL_BYTE = re.compile(_SPECIAL.pattern.encode())
_ENDS_BEFORE = re.compile(f"{_BEFORE}\\Z".encode())
_BEGINS_AFTER = re.compile(_AFTER.encode())
_arrow: Any = pa
_compute: Any = pc


@dataclass(frozen=True, repr=False)
class Needles:
    """Its repr says nothing, so that no log or trace does."""

    words: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str | None]) -> "Needles":
        told = {word.strip() for word in words if word}
        return cls(frozenset(word for word in told if len(word) >= _SHORTEST))

    def __bool__(self) -> bool:
        return bool(self.words)

    @cached_property
    def spellings(self) -> tuple[str, ...]:
        """As they are, in addresses of pages and in JSON, and all of these as Postgres tells bytes.

        The longest first, because one may hold another.
        """
        texts = {
            written
            for word in self.words
            for written in (
                *(word, quote(word), quote_plus(word)),
                *(json.dumps(word, ensure_ascii=ascii)[1:-1] for ascii in (True, False)),
            )
        }
        in_bytes = {
            escaped(form) for each in texts for form in (each, each.lower(), each.upper())
        } - {form for each in texts for form in (each.lower(), each.upper())}
        return tuple(sorted(texts | in_bytes, key=lambda each: (-len(each), each)))

    @cached_property
    def pattern(self) -> str:
        """One that Postgres and DuckDB read alike; a language of theirs may know no capital Ü."""
        forms = dict.fromkeys(
            form for each in self.spellings for form in (each, each.lower(), each.upper())
        )
        words = "|".join(_SPECIAL.sub(r"\\\1", each) for each in forms)
        return f"{_BEFORE}(?:{words}){_AFTER}" if words else ""

    @cached_property
    def likes(self) -> list[str]:
        """What `pattern` finds and more, for `lower(...) like any`: Postgres is ten times as fast with it."""
        forms = [each.decode() for each in self._lower]
        # A row as text doubles what it quotes with.
        doubled = [each.replace("\\", "\\\\").replace('"', '""') for each in forms]
        return [f"%{_WILD.sub(_ESCAPED, each)}%" for each in dict.fromkeys([*forms, *doubled])]

    def stand_in(self, stored: bytes) -> bool:
        """By an automaton: hundreds of words, which one search each would take a minute for."""
        found = _compute.match_substring_regex(
            _arrow.array([stored], _arrow.large_binary()), pattern=self._in_bytes, ignore_case=True
        )
        return bool(found[0].as_py())

    def replaced_in(self, told: str, instead: str) -> str:
        """Twice, because two words with one blank between them share it."""
        for _ in range(2 if self else 0):
            told = re.sub(self.pattern, rf"\1\2{instead}\3", told, flags=re.IGNORECASE)
        return told

    def places_in(self, stored: bytes) -> Iterator[tuple[int, int]]:
        """From where to where."""
        lower = stored.lower()
        for each in self._lower:
            begin = lower.find(each)
            while begin >= 0:
                end = begin + len(each)
                if _is_apart(lower, begin, end):
                    yield begin, end
                begin = lower.find(each, end)

    @cached_property
    def _in_bytes(self) -> bytes:
        words = b"|".join(_SPECIAL_BYTE.sub(rb"\\\1", each) for each in self._lower)
        return b"".join((_BEFORE.encode(), b"(?:", words, b")", _AFTER.encode()))

    @cached_property
    def _lower(self) -> tuple[bytes, ...]:
        """Also what lower case makes of other letters than ASCII's, which bytes leave as they are."""
        forms = {
            form.encode().lower()
            for each in self.spellings
            for form in (each, each.lower(), each.upper())
        }
        return tuple(sorted(forms, key=lambda each: (-len(each), each)))


def escaped(told: str) -> str:
    """As `encode(..., 'escape')` of Postgres writes the bytes of a text."""
    return "".join(
        chr(each) if each < _FIRST_ESCAPED else f"\\{each:03o}"
        for each in told.replace("\\", "\\\\").encode()
    )


def _is_apart(stored: bytes, begin: int, end: int) -> bool:
    before = stored[max(0, begin - _LOOKED_AT) : begin]
    after = stored[end : end + _LOOKED_AT]
    return bool(_ENDS_BEFORE.search(before) and _BEGINS_AFTER.match(after))
