"""Vectors of a small model on this machine: static ones, a folder of a few megabytes, no graphics card."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy

from hotdash.base.errors import UnavailableError
from hotdash.insights.knowledge.embeddings.contract import Vectors


class LocalEmbedder:
    """The library is loaded when the first text comes: most commands embed nothing."""

    is_mock = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def model(self) -> str:
        return f"local:{self._folder.name}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return numpy.asarray(self._static.encode(list(texts)), dtype=numpy.float32)

    @cached_property
    def _static(self) -> Any:
        try:
            from model2vec import StaticModel
        except ImportError as error:
            raise UnavailableError(
                "A model on this machine needs the extra `embeddings`, which is not installed.",
                hint="Install hotdash[embeddings], or set embeddings to mock or endpoint.",
                field="embeddings",
            ) from error
        if not self._folder.is_dir():
            raise UnavailableError(
                f"There is no model in {self._folder}.",
                hint="Put a model2vec model there (tokenizer.json, model.safetensors, config.json); "
                "nothing is downloaded by itself.",
                field="embedding_model",
            )
        return StaticModel.from_pretrained(str(self._folder))
