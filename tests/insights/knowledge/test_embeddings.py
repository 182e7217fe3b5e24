"""Vectors by hashed words and by an endpoint: a server on this machine that speaks as OpenAI's API does."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy
import pytest

from hotdash.base.settings import Embeddings, Settings
from hotdash.entrypoints.wiring_knowledge import embedder_of
from hotdash.insights.knowledge.embeddings.contract import EmbeddingError
from hotdash.insights.knowledge.embeddings.endpoint import EndpointEmbedder
from hotdash.insights.knowledge.embeddings.mock import MockEmbedder
from hotdash.insights.knowledge.search import Reader, search
from hotdash.storage.appdb.session import Database


@dataclass
class Service:
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str | None] = field(default_factory=list[str | None])
    statuses: list[int] = field(default_factory=list[int])
    answer: object = None


@pytest.fixture
def service() -> Iterator[Service]:
    told = Service()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            document = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told.asked.append({"path": self.path} | document)
            told.keys.append(self.headers.get("authorization"))
            vectors = [
                {"index": place, "embedding": [float(len(text)), 1.0]}
                for place, text in enumerate(document["input"])
            ]
            content = json.dumps(told.answer or {"data": vectors[::-1]}).encode()
            self.send_response(told.statuses.pop(0) if told.statuses else 200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    told.address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def test_texts_are_sent_in_batches_and_each_gets_its_own_vector(service: Service) -> None:
    texts = ["x" * (place + 1) for place in range(70)]

    found = EndpointEmbedder(f"{service.address}/", "a-model", "a-key").embed(texts)

    assert found[:, 0].tolist() == [float(place + 1) for place in range(70)]
    assert [len(each["input"]) for each in service.asked] == [64, 6]
    assert {(each["path"], each["model"]) for each in service.asked} == {
        ("/v1/embeddings", "a-model")
    }
    assert set(service.keys) == {"Bearer a-key"}


def test_what_may_pass_is_tried_again_and_what_may_not_is_told(service: Service) -> None:
    embedder = EndpointEmbedder(service.address, "m")
    service.statuses = [503]
    assert embedder.embed(["a"]).tolist() == [[1.0, 1.0]]
    assert service.keys == [None, None]

    service.statuses = [401]
    with pytest.raises(EmbeddingError, match="HTTP 401"):
        embedder.embed(["a"])
    for odd in ({"data": []}, {"data": [{"index": 0, "embedding": "no"}]}, {"error": "no"}):
        service.answer = odd
        with pytest.raises(EmbeddingError, match="something else"):
            embedder.embed(["a"])


def test_a_question_is_answered_by_words_where_the_model_is_silent(database: Database) -> None:
    silent = EndpointEmbedder("http://127.0.0.1:9/v1", "m", attempts=1)

    answer = search(database.snapshot, Reader({}), "backup", silent)

    assert (answer.state.vectors, answer.state.is_mock) == ("none", False)


def test_hashed_words_are_the_same_everywhere_and_alike_where_words_are() -> None:
    one, other, far, nothing = MockEmbedder().embed(
        ["Restore the backups", "backup restore", "zinnober paint", "the of and"]
    )

    assert float(one @ other) == pytest.approx(1.0, abs=1e-6)
    assert abs(float(one @ far)) < 0.2
    assert float(numpy.linalg.norm(nothing)) == 0.0
    # By hand: sha256("backup") begins 54 d0 0d 86, and modulo 256 the last of these four is left.
    assert int(numpy.flatnonzero(MockEmbedder().embed(["backup"])[0])[0]) == PLACE_OF_BACKUP


PLACE_OF_BACKUP = 0x86


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"embeddings": "endpoint", "embedding_model": "m"}, "needs embedding_url"),
        ({"embeddings": "endpoint", "embedding_url": "https://a.example"}, "needs embedding_model"),
        (
            {
                "embeddings": "endpoint",
                "embedding_model": "m",
                "embedding_url": "http://a.example/v1",
                "embedding_key": "k",
            },
            "must be https",
        ),
    ],
)
def test_settings_that_lack_something_say_so(told: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Settings(**told)


def test_settings_choose_the_model() -> None:
    assert embedder_of(Settings(), patient=True).is_mock
    whole = Settings(
        embeddings=Embeddings.ENDPOINT,
        embedding_model="m",
        embedding_url="https://a.example/v1",
    )
    assert (embedder_of(whole, patient=True).model, embedder_of(whole, patient=True).is_mock) == (
        "m",
        False,
    )
