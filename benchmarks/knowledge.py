"""The knowledge index with 100,000 passages: how long it is built and searched, and what is found: `python -m benchmarks.knowledge [--model DIR]`."""

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy.orm import Session

from benchmarks.figures import Figure, milliseconds_of, percentile
from benchmarks.webhooks import postgres
from hotdash.base.clock import SystemClock
from hotdash.base.roles import Role
from hotdash.insights.knowledge.build import Build
from hotdash.insights.knowledge.documents import Kind, SourceDocument
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.embeddings.local import LocalEmbedder
from hotdash.insights.knowledge.embeddings.mock import MockEmbedder
from hotdash.insights.knowledge.house import house_documents
from hotdash.insights.knowledge.search import search
from hotdash.storage.appdb.repositories.knowledge import BuildRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.knowledge_questions import QUESTIONS, among_the_first, places
from tests.fixtures.knowledge_world import reader_with
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.shops import add_shop

SHOP = "hot-rod-an"
DOCUMENTS, PASSAGES_EACH, WORDS_EACH = 2_500, 40, 60
CHANGED_EVERY = 100
SEARCHES = 5
GOAL_MS = 200
_TEMPLATE = "bench_template"


@dataclass(frozen=True)
class Indexed:
    database: Database
    url: str
    owner: UUID
    embedder: Embedder

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.as_user(self.owner)

    def build(self, shop_id: str | None, sources: Sequence[SourceDocument]) -> BuildRecord:
        return Build(self.database, self.embedder, SystemClock().now()).of(shop_id, sources)


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """The size is the goal's whatever the size asked for, so that figures stay comparable."""
    del orders
    yield from measure_with(folder, MockEmbedder())


def measure_with(folder: Path, embedder: Embedder) -> Iterator[Figure]:
    with (
        postgres(folder) as server,
        new_database(DatabaseUrls(server.owner, server.web), _TEMPLATE) as urls,
    ):
        database = Database(urls.owner, web_url=urls.web)
        with database.jobs() as session:
            owner = add_shop(session, SHOP).owner_id
        indexed = Indexed(database, urls.owner, owner, embedder)
        house, texts = list(house_documents()), shop_texts()
        indexed.build(None, house)
        yield from _building(indexed, texts)
        yield from _searching(indexed, "exact")
        yield _found(indexed)
        with _extension(urls):
            yield from _searching(indexed, "pgvector")
        database.dispose()


def shop_texts() -> list[SourceDocument]:
    """The house's own words in another order, as often as they stand there: nothing else looks more like an answer."""
    chance = random.Random("a shop that wrote down much")
    words = [word for each in house_documents() for word in each.text.split() if word.isalpha()]
    return [
        SourceDocument(
            Kind.PAGE,
            f"https://shop.example/{number}",
            " ".join(chance.choices(words, k=3)),
            "\n\n".join(
                f"# {chance.choice(words)}\n\n{' '.join(chance.choices(words, k=WORDS_EACH))}"
                for _ in range(PASSAGES_EACH)
            ),
        )
        for number in range(DOCUMENTS)
    ]


def _building(indexed: Indexed, texts: list[SourceDocument]) -> Iterator[Figure]:
    built = indexed.build(SHOP, texts)
    size = f"{built.passages:,} passages of {built.documents:,} documents"
    rate = f"{built.passages / float(built.seconds):,.0f} passages a second; {_model(indexed)}"
    yield Figure("knowledge: build", size, f"{built.seconds:.0f} s", "stated", rate)
    for number in range(0, len(texts), CHANGED_EVERY):
        texts[number] = replace(texts[number], text=f"{texts[number].text}\n\nIt changed.")
    again = indexed.build(SHOP, texts)
    told = f"{again.changed} documents changed, {again.embedded:,} passages embedded"
    yield Figure("knowledge: build again", size, f"{again.seconds:.1f} s", "stated", told)
    same = indexed.build(SHOP, texts)
    yield Figure("knowledge: nothing changed", size, f"{same.seconds:.1f} s", "stated")


def _found(indexed: Indexed) -> Figure:
    found = places(indexed.reading, reader_with(Role.OWNER), indexed.embedder)
    return Figure(
        "knowledge: recall@5",
        f"{len(QUESTIONS)} questions",
        f"{among_the_first(found, 5) / len(found):.2f}",
        "stated",
        f"the first: {among_the_first(found, 1)}; {_model(indexed)}; the other texts are the house's words, shuffled",
    )


def _searching(indexed: Indexed, how: str) -> Iterator[Figure]:
    reader = reader_with(Role.OWNER)
    asked = iter(list(QUESTIONS) * (SEARCHES + 1))

    def ask() -> None:
        told = search(indexed.reading, reader, next(asked), indexed.embedder).state.vectors
        assert told == how, told

    (first,) = milliseconds_of(ask, 1)
    spent = milliseconds_of(ask, len(QUESTIONS) * SEARCHES)
    yield Figure(
        f"knowledge: search, {how}, p50 and p99",
        f"{len(spent)} searches of {DOCUMENTS * PASSAGES_EACH:,} passages",
        f"{percentile(spent, 0.5):.0f} ms, {percentile(spent, 0.99):.0f} ms",
        f"p99 at most {GOAL_MS} ms",
        f"the first, {how}: {first:.0f} ms",
    )


def _model(indexed: Indexed) -> str:
    return f"vectors of {indexed.embedder.model}"


@contextmanager
def _extension(urls: DatabaseUrls) -> Iterator[None]:
    superuser = urls.owner.replace("hotdash@/", "postgres@/")
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("create extension vector")
        yield
        connection.execute("drop extension vector")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge", description=__doc__)
    parser.add_argument("--model", type=Path, help="a folder with a model of model2vec")
    asked = parser.parse_args()
    embedder = MockEmbedder() if asked.model is None else LocalEmbedder(asked.model)
    with tempfile.TemporaryDirectory(prefix="hotdash-bench-") as folder:
        for each in measure_with(Path(folder), embedder):
            print(f"{each.what} ({each.size}): {each.seen}; {each.remark}", flush=True)


if __name__ == "__main__":
    main()
