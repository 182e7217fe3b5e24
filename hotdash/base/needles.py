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
# A shorter word stands in too many texts that are about somebody else.
_SHORTEST = 5
_SPECIAL = re.compile(r"([\\.^$*+?()\[\]{}|])")
_WILD = re.compile(r"([\\%_])")
_ESCAPED = r"\\\1"
_SPECIAL_BYTE = re.compile(_SPECIAL.pattern.encode())
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
        """As they are, in addresses of pages and in JSON; the longest first, because one may hold another."""
        all_of = {
            written
            for word in self.words
            for written in (
                *(word, quote(word), quote_plus(word)),
                *(json.dumps(word, ensure_ascii=ascii)[1:-1] for ascii in (True, False)),
            )
        }
        return tuple(sorted(all_of, key=lambda each: (-len(each), each)))

    @property
    def pattern(self) -> str:
        """One that Postgres and DuckDB read alike."""
        return "|".join(_SPECIAL.sub(r"\\\1", each) for each in self.spellings)

    @cached_property
    def likes(self) -> list[str]:
        """For `lower(...) like any`, with which Postgres is ten times as fast as with one pattern."""
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

    def places_in(self, stored: bytes) -> Iterator[tuple[int, int]]:
        """From where to where."""
        lower = stored.lower()
        for each in self._lower:
            begin = lower.find(each)
            while begin >= 0:
                yield begin, begin + len(each)
                begin = lower.find(each, begin + len(each))

    @cached_property
    def _in_bytes(self) -> bytes:
        return b"|".join(_SPECIAL_BYTE.sub(rb"\\\1", each) for each in self._lower)

    @cached_property
    def _lower(self) -> tuple[bytes, ...]:
        """Also what lower case makes of other letters than ASCII's, which bytes leave as they are."""
        forms = {
            form.encode().lower()
            for each in self.spellings
            for form in (each, each.lower(), each.upper())
        }
        return tuple(sorted(forms, key=lambda each: (-len(each), each)))
