"""The same question of a manifest that is not shown: an older one, or one still waiting for its pointer."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.pipeline.publish.hold import rollback
from hotdash.storage.appdb.repositories.publications import (
    ManifestRecord,
    add_manifest,
    editions_of,
    pointer_of,
)
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.november import KYOTO, NOV, ROD
from tests.fixtures.shops import SeededShop

THIRD = date(2026, 11, 3)


def build(publisher: Publisher, gross: str) -> UUID:
    publisher.build({"fct_revenue": [revenue_day(ROD, THIRD, gross)]})
    with publisher.database.jobs() as session:
        pointer = pointer_of(session, ROD)
    assert pointer is not None
    return pointer.manifest_id


def asked(publisher: Publisher, manifests: Mapping[str, UUID] | None, *shops: str) -> Answer:
    question = Question.parse(shops=shops or [ROD], metrics=["revenue"], by=["shop"], **NOV)
    with publisher.database.snapshot() as session:
        return query(session, question, publisher.clock.now(), manifests=manifests)


def revenue_of(answer: Answer) -> dict[object, Decimal | None]:
    return {row.key["shop"]: row.cells["revenue"].value for row in answer.rows}


def test_an_older_one_is_read_beside_what_is_shown(publisher: Publisher, shop: SeededShop) -> None:
    older, newer = build(publisher, "100"), build(publisher, "120")

    before = asked(publisher, {ROD: older})

    assert revenue_of(before) == {ROD: 100}
    assert before.shops[0].manifest == older
    assert revenue_of(asked(publisher, None)) == {ROD: 120}
    assert revenue_of(asked(publisher, {ROD: newer})) == {ROD: 120}


def test_one_that_was_never_shown_is_read_and_stays_unshown(
    publisher: Publisher, shop: SeededShop
) -> None:
    older, newer = build(publisher, "100"), build(publisher, "120")
    waiting, now = new_id(), publisher.clock.now()
    record = ManifestRecord(ROD, waiting, new_id(), now, "candidate", None, is_published=False)
    with publisher.database.jobs() as session:
        add_manifest(session, record, editions_of(session, ROD, older).values())

    assert revenue_of(asked(publisher, {ROD: waiting})) == {ROD: 100}
    with publisher.database.jobs() as session:
        pointer = pointer_of(session, ROD)
    assert pointer is not None
    assert pointer.manifest_id == newer


def test_other_shops_are_answered_as_they_are_shown(
    publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    publisher.shops = (ROD, KYOTO)
    older = build(publisher, "100")
    rows = [revenue_day(ROD, THIRD, "120"), revenue_day(KYOTO, THIRD, "9000")]
    publisher.build({"fct_revenue": rows})

    answer = asked(publisher, {ROD: older}, ROD, KYOTO)

    assert revenue_of(answer) == {ROD: 100, KYOTO: 9000}


def test_what_is_held_is_only_what_is_shown(publisher: Publisher, shop: SeededShop) -> None:
    older, newer = build(publisher, "100"), build(publisher, "120")
    with publisher.database.jobs() as session:
        rollback(session, ROD, older, actor="ana", reason="Too low.", at=publisher.clock.now())

    assert asked(publisher, None).shops[0].held == "Too low."
    assert asked(publisher, {ROD: newer}).shops[0].held is None


def test_one_that_is_gone_or_of_another_shop_is_refused_by_name(
    publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    publisher.shops = (ROD, KYOTO)
    of_rod, unknown = build(publisher, "100"), new_id()

    with pytest.raises(NotFoundError, match=f"{ROD} has no publication {unknown}"):
        asked(publisher, {ROD: unknown})
    with pytest.raises(NotFoundError, match=f"{KYOTO} has no publication {of_rod}"):
        asked(publisher, {KYOTO: of_rod}, KYOTO)
