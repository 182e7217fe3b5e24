"""The index follows its sources: once built, only what changed is taken in, embedded or let go, also after a kill."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.needles import Needles
from hotdash.base.roles import Role
from hotdash.insights.knowledge.build import AT_ONCE
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.embeddings.contract import Vectors
from hotdash.insights.knowledge.embeddings.mock import MockEmbedder
from hotdash.insights.knowledge.search import search
from hotdash.jobs.build_knowledge import build_knowledge
from hotdash.storage.appdb.repositories import knowledge, personal_rows, site_pages
from hotdash.storage.appdb.session import Database
from tests.fixtures.knowledge_world import (
    MARKS,
    desk_of,
    reader_with,
    write_everything_down,
)
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import ROD, Storefront, copied


@pytest.fixture
def shop(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path: Path
) -> Iterator[Storefront]:
    with copied(template_urls, storefront_template, tmp_path) as storefront:
        write_everything_down(storefront, tmp_path)
        yield storefront


class OtherEmbedder(MockEmbedder):
    model = "another"

    def embed(self, texts: list[str]) -> Vectors:
        return super().embed(texts)[:, :16].copy()


def counted(shop: Storefront, condition: str) -> int:
    with shop.database.jobs() as session:
        asked = f"select count(*) from app.knowledge_passages where {condition}"
        return session.scalars(text(asked)).one()


def found(shop: Storefront, question: str) -> list[str]:
    answer = search(
        shop.database.snapshot, reader_with(Role.OWNER), question, MockEmbedder(), limit=3
    )
    return [each.kind.value for each in answer.passages]


def test_only_what_changed_is_embedded_and_what_is_gone_leaves(
    shop: Storefront, tmp_path: Path
) -> None:
    desk = desk_of(shop, tmp_path)
    house, of_shop = build_knowledge(desk, shops=[ROD])
    assert house.changed == house.documents > 100
    assert house.embedded == house.passages > house.documents
    assert (of_shop.documents, of_shop.changed) == (5, 5)
    assert house.is_mock
    assert house.model == "mock-words-256"

    again = build_knowledge(desk, shops=[ROD])
    assert [(each.changed, each.removed, each.embedded) for each in again] == [(0, 0, 0)] * 2
    assert again[0].dimensions == 256

    with shop.database.jobs() as session:
        (page,) = site_pages.pages_of(session, ROD)
        site_pages.save_page(session, replace(page, body="Now with five mauve bolts."))
    (tmp_path / "evidence/outage.zip").unlink()
    changed = build_knowledge(desk, shops=[ROD])[1]
    assert (changed.changed, changed.removed, changed.embedded) == (1, 1, 1)
    assert found(shop, "mauve bolts")[0] == Kind.PAGE
    assert Kind.EVIDENCE not in found(shop, MARKS["evidence"])


def test_another_model_makes_all_vectors_anew(shop: Storefront, tmp_path: Path) -> None:
    desk = desk_of(shop, tmp_path)
    first = build_knowledge(desk, shops=[ROD])

    second = build_knowledge(replace(desk, embedder=OtherEmbedder()), shops=[ROD])

    assert [each.changed for each in second] == [0, 0]
    assert [each.embedded for each in second] == [each.passages for each in first]
    assert [each.dimensions for each in second] == [16, 16]
    assert counted(shop, "model <> 'another' or cardinality(vector) <> 16") == 0


def _killed_in_the_third_batch(url: str, folder: Path, storefront: Storefront) -> None:
    kept, calls = knowledge.keep_vectors, 0

    def keep(*told: object) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return kept(*told)  # type: ignore

    knowledge.keep_vectors = keep
    desk = replace(desk_of(storefront, folder), database=Database(url))
    build_knowledge(desk, shops=[ROD])


def test_killed_in_the_middle_it_is_whole_and_the_next_build_completes_it(
    shop: Storefront, tmp_path: Path
) -> None:
    child = multiprocessing.get_context("fork").Process(
        target=_killed_in_the_third_batch, args=(shop.database.direct_uri, tmp_path, shop)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL

    assert counted(shop, "vector is not null") == 2 * AT_ONCE
    with shop.database.jobs() as session:
        assert knowledge.list_builds(session) == []
    assert found(shop, "restore the newest backup")[0] in (Kind.GUIDE, Kind.RUNBOOK)

    house, of_shop = build_knowledge(desk_of(shop, tmp_path), shops=[ROD])
    assert house.changed == 0
    assert house.embedded == house.passages - 2 * AT_ONCE
    assert of_shop.changed == 5
    assert counted(shop, "vector is null") == 0


def test_an_erasure_reaches_documents_passages_and_pages_and_takes_vectors_along(
    shop: Storefront, tmp_path: Path
) -> None:
    """By the eraser's own statement; that it finds these tables by the catalog: test_erase.py."""
    desk, needles = desk_of(shop, tmp_path), Needles(frozenset({"tangerine exhaust"}))
    build_knowledge(desk, shops=[ROD])
    # From now on its vector is in memory too.
    assert found(shop, "tangerine")[0] == Kind.PAGE
    with shop.database.jobs() as session:
        tables = {
            each.full_name: each
            for each in personal_rows.served_tables(session)
            if each.name.startswith(("knowledge_", "site_"))
        }
        assert {name.removeprefix("app.") for name in tables} == STORES
        for table in tables.values():
            assert personal_rows.write_over_words(session, table, ROD, needles)
            assert personal_rows.count_holding(session, table, ROD, needles) == 0
        # What does not change a word leaves its vector alone.
        session.execute(text("update app.knowledge_passages set heading = heading"))

    assert counted(shop, "vector is null") == 1
    assert Kind.PAGE not in found(shop, "tangerine")
    assert counted(shop, "words @@ to_tsquery('simple', 'tangerine')") == 0

    rebuilt = build_knowledge(desk, shops=[ROD])[1]
    assert (rebuilt.changed, rebuilt.embedded) == (1, 1)
    assert counted(shop, "vector is null or body like '%tangerine%'") == 0


STORES = {
    *("knowledge_documents", "knowledge_passages", "knowledge_builds"),
    *("site_pages", "site_crawls"),
}
