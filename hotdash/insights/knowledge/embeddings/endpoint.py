"""Vectors of an endpoint that speaks as OpenAI's does: POST {address}/embeddings."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httpx
import numpy

from hotdash.base.http import (
    RetryPolicy,
    TransientError,
    attempts,
    open_client,
    raise_for_transience,
    why,
)
from hotdash.insights.knowledge.embeddings.contract import EmbeddingError, Vectors

_AT_ONCE = 64
_CHECK = "Check embedding_url, embedding_key and embedding_model."


class EndpointEmbedder:
    """Whoever runs the installation named the address, so it may also lie inside their network."""

    is_mock = False

    def __init__(
        self,
        address: str,
        model: str,
        key: str | None = None,
        *,
        attempts: int = 4,
        seconds: float = 60.0,
    ) -> None:
        self._address = f"{address.rstrip('/')}/embeddings"
        self._name = model
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._policy = RetryPolicy(attempts=attempts, longest_wait=10.0)
        self._seconds = seconds

    @property
    def model(self) -> str:
        return self._name

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = [
            row
            for begin in range(0, len(texts), _AT_ONCE)
            for row in self._ask(texts[begin : begin + _AT_ONCE])
        ]
        if len({len(row) for row in rows}) > 1:
            raise self._odd("vectors of several lengths")
        return numpy.array(rows, dtype=numpy.float32)

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            with open_client(read_timeout=self._seconds) as http:
                for attempt in attempts(self._policy):
                    with attempt:
                        return self._vectors(self._post(http, texts), len(texts))
        except TransientError as error:
            raise EmbeddingError(
                f"{self._address} made no vectors: {error.reason}.", hint=_CHECK
            ) from error
        raise AssertionError("an attempt ends with an answer or an error")

    def _post(self, http: httpx.Client, texts: Sequence[str]) -> httpx.Response:
        document = {"model": self._name, "input": list(texts), "encoding_format": "float"}
        try:
            response = http.post(self._address, json=document, headers=self._headers)
        except httpx.TransportError as error:
            raise TransientError(why(error)) from error
        raise_for_transience(response)
        if response.status_code != HTTPStatus.OK:
            raise EmbeddingError(
                f"{self._address} answered HTTP {response.status_code}.", hint=_CHECK
            )
        return response

    def _vectors(self, response: httpx.Response, wanted: int) -> list[list[float]]:
        """They carry their place and need not come in order."""
        try:
            told: list[dict[str, Any]] = response.json()["data"]
            by_place = {int(each["index"]): [float(n) for n in each["embedding"]] for each in told}
            return [by_place[place] for place in range(wanted)]
        except (KeyError, TypeError, ValueError) as error:
            raise self._odd("something else than a vector for each text") from error

    def _odd(self, what: str) -> EmbeddingError:
        return EmbeddingError(f"{self._address} answered with {what}.", hint=_CHECK)
