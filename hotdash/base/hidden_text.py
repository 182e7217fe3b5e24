"""Text without what nobody sees: characters that turn, join or hide others can carry words past a reader."""

import re
import unicodedata

# Controls, formats (zero width, direction, tags), surrogates and private use.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
_KEPT = frozenset("\n\t")
_PLAIN = re.compile(r"[ -~\n\t]*")


def without_hidden(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return "".join(
        each for each in text if each in _KEPT or unicodedata.category(each) not in _UNSEEN
    )
