"""Of the questions that people ask, how many find the document that answers them is stated and held."""

from collections.abc import Iterator

import psycopg
import pytest

from hotdash.base.roles import Role
from hotdash.jobs.build_knowledge import build_knowledge
from hotdash.storage.appdb.repositories.knowledge_held import HeldVectors
from hotdash.storage.appdb.repositories.knowledge_readable import Key, Readable
from hotdash.storage.appdb.repositories.knowledge_search import (
    EXACT,
    PGVECTOR,
    by_vector,
    vectors_by,
)
from tests.fixtures.knowledge_questions import among_the_first, places
from tests.fixtures.knowledge_world import desk_of, reader_with
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import ROD, VIEWER, Storefront, copied

AT_LEAST_IN_FIVE = 18
AT_LEAST_FIRST = 11
"""Measured: 20 and 12; fewer, because each guide that is written anew moves places a little."""


@pytest.fixture(scope="module")
def house(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    folder = tmp_path_factory.mktemp("asked")
    with copied(template_urls, storefront_template, folder) as storefront:
        build_knowledge(desk_of(storefront, folder), shops=[])
        yield storefront


def test_questions_find_the_document_that_answers_them(house: Storefront) -> None:
    embedder = desk_of(house, house.warehouse_home).embedder

    found = places(house.database.snapshot, reader_with(Role.VIEWER), embedder)

    assert among_the_first(found, 5) >= AT_LEAST_IN_FIVE, found
    assert among_the_first(found, 1) >= AT_LEAST_FIRST, found


def as_superuser(house: Storefront, statement: str) -> None:
    url = house.database.direct_uri.replace("hotdash@/", "postgres@/")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def with_extension(house: Storefront) -> Iterator[None]:
    as_superuser(house, "create extension vector")
    yield
    as_superuser(house, "drop extension vector")


def asked_by_vector(house: Storefront) -> tuple[str, list[Key]]:
    embedder = desk_of(house, house.warehouse_home).embedder
    vector = embedder.embed(["restore a backup of the night"])[0]
    readable = Readable({ROD: {"see_metrics"}})
    with house.database.as_user(house.user_id(VIEWER)) as session:
        return vectors_by(session)[0], by_vector(
            session, readable, embedder.model, vector, 20, 0.05
        )


def test_the_extension_and_the_exact_search_find_the_same(
    house: Storefront, request: pytest.FixtureRequest
) -> None:
    how, exact = asked_by_vector(house)
    assert (how, len(exact)) == (EXACT, 20)

    request.getfixturevalue("with_extension")

    assert asked_by_vector(house) == (PGVECTOR, exact)


def test_what_memory_has_no_room_for_is_read_for_each_question(house: Storefront) -> None:
    embedder = desk_of(house, house.warehouse_home).embedder
    asked = embedder.embed(["restore a backup of the night"])[0]
    readable = Readable({ROD: {"see_metrics"}})
    roomy, narrow = HeldVectors(), HeldVectors(most_bytes=1_000)

    with house.database.as_user(house.user_id(VIEWER)) as session:
        found = [
            each.likest(session, readable, embedder.model, asked, 20)
            for each in (roomy, narrow, roomy)
        ]

    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 20
    assert (roomy.bytes > 1_000_000, narrow.bytes) == (True, 0)
