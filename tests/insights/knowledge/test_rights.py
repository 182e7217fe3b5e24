"""Nobody finds what they may not read: every role against every kind, by question, by document and by the table itself."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.roles import MATRIX, Permission, Role
from hotdash.entrypoints.admitting import reader_of
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.search import Answer, Reader, read_document, search
from hotdash.jobs.build_knowledge import build_knowledge
from hotdash.storage.appdb.repositories import visits
from tests.fixtures.knowledge_world import MARKS, desk_of, reader_with, write_everything_down
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, ROD, STRANGER, VIEWER, Storefront, copied

NEEDS = {
    Kind.DECISION: Permission.SEE_METRICS,
    Kind.PACKET: Permission.SEE_METRICS,
    Kind.PAGE: Permission.SEE_METRICS,
    Kind.EVIDENCE: Permission.SEE_ACCESS,
}
_EVERY = [(role, what) for role in Role for what in MARKS]


@pytest.fixture(scope="module")
def house(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    folder = tmp_path_factory.mktemp("rights")
    with copied(template_urls, storefront_template, folder) as storefront:
        write_everything_down(storefront, folder)
        build_knowledge(desk_of(storefront, folder))
        yield storefront


@pytest.fixture(scope="module")
def people(house: Storefront) -> dict[Role, str]:
    return {role: house.add_person(role) for role in Role}


def asked(house: Storefront, email: str, reader: Reader, question: str) -> Answer:
    user_id = house.user_id(email)
    embedder = desk_of(house, house.warehouse_home).embedder
    return search(lambda: house.database.as_user(user_id), reader, question, embedder, limit=50)


def is_told(answer: Answer, what: str) -> bool:
    """By words that stand in that document alone; of the house by its kind."""
    word = MARKS[what].split()[0].casefold()
    kind = Kind(what.split()[0])
    return any(
        each.kind is kind and word in f"{each.where} {each.text}".casefold()
        for each in answer.passages
    )


@pytest.mark.parametrize(("role", "what"), _EVERY)
def test_each_role_finds_what_it_may_read_and_nothing_else(
    house: Storefront, people: dict[Role, str], role: Role, what: str
) -> None:
    answer = asked(house, people[role], reader_with(role), MARKS[what])

    kind = Kind(what.split()[0])
    needed = NEEDS.get(kind, Permission.SEE_METRICS)
    if what == "decision about a backfill":
        needed = Permission.SEE_BACKFILLS
    assert is_told(answer, what) == (role in MATRIX[needed])
    assert all(each.shop_id in (None, ROD) for each in answer.passages)
    if kind is Kind.EVIDENCE and role not in MATRIX[Permission.SEE_ACCESS]:
        assert Kind.EVIDENCE not in answer.state.documents


@pytest.mark.parametrize("what", ["decision", "packet", "evidence", "page"])
def test_another_shop_s_people_find_nothing_of_it_whatever_rights_they_claim(
    house: Storefront, what: str
) -> None:
    everything = Reader({shop: frozenset(Permission) for shop in (ROD, KYOTO)})

    answer = asked(house, STRANGER, everything, MARKS[what])

    assert {each.shop_id for each in answer.passages} <= {None, KYOTO}
    assert not is_told(answer, what)


def test_who_belongs_to_no_shop_finds_not_even_a_guide(house: Storefront) -> None:
    with house.database.as_user(None) as session:
        for table in ("documents", "passages", "builds"):
            found = session.scalars(text(f"select count(*) from app.knowledge_{table}")).one()
            assert found == 0, table
    embedder = desk_of(house, house.warehouse_home).embedder
    answer = search(
        lambda: house.database.as_user(None), reader_with(Role.OWNER), "backup", embedder
    )
    assert answer.passages == []
    assert asked(house, VIEWER, Reader({}), "backup").passages == []


def test_a_document_is_read_whole_by_whoever_may_find_it(
    house: Storefront, people: dict[Role, str]
) -> None:
    with house.database.jobs() as session:
        named = session.execute(
            text("select document_id, kind, needs, shop_id from app.knowledge_documents")
        )
        documents: list[tuple[UUID, str, str, str | None]] = [tuple(row) for row in named]
    for role, email in people.items():
        with house.database.as_user(house.user_id(email)) as session:
            for document_id, kind, needs, shop_id in documents:
                may = shop_id in (None, ROD) and role in MATRIX[Permission(needs)]
                told = read_document(session, reader_with(role), document_id)
                assert bool(told) == may, (role, kind)


def test_a_token_without_a_scope_finds_nothing_that_needs_it(house: Storefront) -> None:
    owner = house.add_person(Role.OWNER)
    visit = visits.Visit(
        user_id=house.user_id(owner),
        name="Some Body",
        email=owner,
        has_password=False,
        last_seen_at=house.clock.now(),
        shops={ROD: visits.VisitedShop(ROD, "Rod", "UTC", "USD", Role.OWNER)},
        edition=None,
        scopes=frozenset({Permission.SEE_METRICS}),
    )

    reader = reader_of(visit)

    assert reader == Reader({ROD: frozenset({Permission.SEE_METRICS})})
    assert not is_told(asked(house, owner, reader, MARKS["evidence"]), "evidence")
    assert is_told(asked(house, owner, reader, MARKS["packet"]), "packet")
