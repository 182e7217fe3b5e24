"""What makes vectors of texts, whichever model does."""

from collections.abc import Sequence
from typing import Protocol

import numpy
from numpy.typing import NDArray

from hotdash.base.errors import HotdashError

Vectors = NDArray[numpy.float32]
MOCK = "mock"


class EmbeddingError(HotdashError):
    code = "embeddings_failed"
    http_status = 502


class Embedder(Protocol):
    """`model` names what the vectors come from: those of another one are made anew."""

    @property
    def model(self) -> str: ...

    @property
    def is_mock(self) -> bool: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row per text."""
        ...
