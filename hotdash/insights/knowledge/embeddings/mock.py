"""Vectors of hashed words: the same on every machine, and no meaning in them beyond the words themselves."""

import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy

from hotdash.insights.knowledge.embeddings.contract import MOCK, Vectors

DIMENSIONS = 256
_WORD = re.compile(r"\w{2,}")
# They stand everywhere and tell nothing.
_COMMON = frozenset(
    "a an and are as at be but by can do does for from had has have how if in into is it its no not"
    " of on or our so than that the their then there these they this to was were what when where"
    " which who why will with you your".split()
)


class MockEmbedder:
    model = f"{MOCK}-words-{DIMENSIONS}"
    is_mock = True

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = numpy.zeros((len(texts), DIMENSIONS), dtype=numpy.float32)
        for row, text in zip(rows, texts, strict=True):
            for word, count in Counter(_words(text)).items():
                place, sign = _place_of(word)
                row[place] += sign * (1 + math.log(count))
            length = numpy.linalg.norm(row)
            if length:
                row /= length
        return rows


def _words(text: str) -> Iterator[str]:
    """A plural finds its singular."""
    for word in _WORD.findall(text.lower()):
        if word not in _COMMON:
            yield word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] != "s" else word


def _place_of(word: str) -> tuple[int, int]:
    digest = hashlib.sha256(word.encode()).digest()
    return int.from_bytes(digest[:4], "big") % DIMENSIONS, 1 if digest[4] % 2 else -1
