"""What a person is searched by in texts: whole words that tell who they are, however they are written there."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, quote_plus

ERASED = "***"
# A shorter word stands in too many texts that are about somebody else.
_SHORTEST = 5
_SPECIAL = re.compile(r"([\\.^$*+?()\[\]{}|])")


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
            for written in (word, quote(word), quote_plus(word), json.dumps(word)[1:-1])
        }
        return tuple(sorted(all_of, key=lambda each: (-len(each), each)))

    @property
    def pattern(self) -> str:
        """One that Postgres and DuckDB read alike."""
        return "|".join(_SPECIAL.sub(r"\\\1", each) for each in self.spellings)

    @cached_property
    def in_bytes(self) -> re.Pattern[bytes]:
        return re.compile(
            b"|".join(re.escape(each.encode()) for each in self.spellings), re.IGNORECASE
        )
