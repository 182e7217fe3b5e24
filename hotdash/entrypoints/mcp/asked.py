"""What the audit log keeps of arguments: names of ours as they were sent, of all else a fingerprint and its length.

Nothing is ever taken out of the log, so nothing may get in that somebody could ask us to forget,
and in a question anybody can be named, also by a number.
"""

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

_MOST_ENTRIES = 50
_DEEPEST = 4
# Beyond it a number that was read is not the one that was sent.
_LARGEST = 2**53
# Days, weeks, ids and a country: shapes in which nobody is named.
_SHAPES = re.compile(
    r"20\d{2}-[01]\d-[0-3]\d|20\d{2}-W\d{2}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|country:[A-Z]{2}"
)
SHOPS = frozenset({"shop", "shops"})
UNKNOWN = "unknown"


def fingerprint(key: bytes, text: str) -> str:
    """Of a short text that can be guessed: without the key no guess can be tried."""
    told = text.encode("utf-8", errors="replace")
    return hmac.new(key, told, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Keeping:
    """`named` are the arguments that name or count something of ours, as far as the call was answered.

    `shops` are those that there are: which one was meant is kept also where it was refused.
    """

    key: bytes
    shops: Collection[str]
    fields: Collection[str]
    named: Collection[str]
    is_answered: bool

    def arguments(self, told: Mapping[str, Any]) -> dict[str, Any]:
        kept = {name: self._value(name, told[name], 0) for name in self.fields if name in told}
        others = len(set(told) - set(self.fields))
        return kept | ({UNKNOWN: others} if others else {})

    def text(self, text: str) -> dict[str, Any]:
        return {"characters": len(text), "fingerprint": fingerprint(self.key, text)}

    def _value(self, name: str, value: Any, depth: int) -> Any:
        match value:
            case None | bool():
                return value
            case str():
                return value if self._is_kept(name, value) else self.text(value)
            case int() | float():
                is_kept = self._is_named(name) and abs(value) < _LARGEST
                return value if is_kept else self.text(str(value))
            case _ if depth >= _DEEPEST:
                return "…"
            case Mapping():
                # No tool takes one: whatever it says, its size is enough.
                return {UNKNOWN: len(cast("Mapping[Any, Any]", value))}
            case _:
                listed = cast("Sequence[Any]", value)
                return [
                    self._value(name, each, depth + 1) for each in islice(listed, _MOST_ENTRIES)
                ]

    def _is_kept(self, name: str, text: str) -> bool:
        if name in SHOPS and text in self.shops:
            return True
        return self._is_named(name) or bool(_SHAPES.fullmatch(text))

    def _is_named(self, name: str) -> bool:
        return self.is_answered and name in self.named
