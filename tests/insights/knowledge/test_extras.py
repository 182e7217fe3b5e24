"""The extras: a model of model2vec in a folder, and the index as LlamaIndex retrieves from it with such a model."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy
import pytest

from hotdash.base.errors import UnavailableError
from hotdash.base.roles import Role
from hotdash.insights.knowledge.embeddings.local import LocalEmbedder
from hotdash.insights.knowledge.llama_index import retriever
from hotdash.jobs.build_knowledge import build_knowledge
from tests.fixtures.knowledge_world import MARKS, SITE, desk_of, reader_with, write_everything_down
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import ROD, Storefront, copied

WORDS = ["[UNK]", "engine", "motor", "paint", "tangerine", "exhaust", "muffler"]
VECTORS = [[0, 0, 0], [1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]


def model_in(folder: Path) -> Path:
    """A few words of three numbers each, in the form of the library's own files."""
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    inner = WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token="[UNK]")
    tokenizer = Tokenizer(inner)
    tokenizer.pre_tokenizer = Whitespace()
    vectors = numpy.array(VECTORS, dtype=numpy.float32)
    StaticModel(vectors, tokenizer).save_pretrained(folder)
    return folder


def test_a_model_in_a_folder_finds_what_is_meant(tmp_path: Path) -> None:
    embedder = LocalEmbedder(model_in(tmp_path / "small"))

    engine, motor, paint = embedder.embed(["engine", "motor", "paint"])

    assert (embedder.model, embedder.is_mock) == ("local:small", False)
    assert float(engine @ motor) > 0.8
    assert float(engine @ paint) == pytest.approx(0.0)


def test_a_folder_without_a_model_says_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as refused:
        LocalEmbedder(tmp_path / "nothing").embed(["engine"])
    assert refused.value.field in ("embeddings", "embedding_model")


@pytest.fixture
def shop(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path: Path
) -> Iterator[Storefront]:
    with copied(template_urls, storefront_template, tmp_path) as storefront:
        write_everything_down(storefront, tmp_path)
        yield storefront


def test_llama_index_retrieves_by_meaning_what_the_reader_may_find(
    shop: Storefront, tmp_path: Path
) -> None:
    from llama_index.core.retrievers import BaseRetriever

    desk = replace(desk_of(shop, tmp_path), embedder=LocalEmbedder(model_in(tmp_path / "small")))
    build_knowledge(desk, shops=[ROD])
    viewer, owner = (
        retriever(shop.database.snapshot, reader_with(role), desk.embedder)
        for role in (Role.VIEWER, Role.OWNER)
    )
    assert isinstance(viewer, BaseRetriever)

    # No passage says the word; the page says one that is meant by it.
    first = viewer.retrieve("muffler")[0]

    assert "tangerine exhaust" in first.node.get_content()
    assert (first.node.metadata["link"], first.node.metadata["mock"]) == (SITE, False)
    assert first.node.metadata["model"] == "local:small"
    kinds = [
        {each.node.metadata["kind"] for each in asked.retrieve(MARKS["evidence"])}
        for asked in (viewer, owner)
    ]
    assert ["evidence" in each for each in kinds] == [False, True]
