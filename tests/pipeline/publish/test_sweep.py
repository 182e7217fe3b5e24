"""What nothing can return to goes; what somebody asked to keep stays until its day."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from hotdash.base.ids import new_id
from hotdash.pipeline.publish.sweep import sweep
from hotdash.storage.appdb.models.serving import Manifest, Part
from hotdash.storage.appdb.repositories.publications import (
    ManifestRecord,
    add_manifest,
    list_manifests,
    pointer_of,
)
from tests.fixtures.marts import Publisher, revenue_day

pytestmark = [pytest.mark.law(6), pytest.mark.usefixtures("shop")]

SHOP = "hot-rod-an"
DAY = timedelta(days=1)


@pytest.fixture
def older(publisher: Publisher) -> UUID:
    """Replaced an hour later, and now that is ten days ago."""
    for gross in ("1", "2"):
        publisher.build({"fct_revenue": [revenue_day(SHOP, date(2026, 11, 5), gross)]})
        publisher.clock.advance(timedelta(hours=1))
    publisher.clock.advance(10 * DAY)
    return left(publisher)[-1]


def left(publisher: Publisher) -> list[UUID]:
    with publisher.database.jobs() as session:
        return [each.manifest_id for each in list_manifests(session, SHOP)]


def parts(publisher: Publisher) -> int:
    with publisher.database.jobs() as session:
        return session.scalar(select(func.count()).select_from(Part)) or 0


def keep(publisher: Publisher, manifest: UUID, days: int) -> None:
    until = publisher.clock.now() + days * DAY
    with publisher.database.jobs() as session:
        session.execute(
            update(Manifest).where(Manifest.manifest_id == manifest).values(keep_until=until)
        )


def swept(publisher: Publisher) -> None:
    now = publisher.clock.now()
    sweep(publisher.database, SHOP, now - DAY, now)


def test_one_past_its_time_goes_with_its_parts(publisher: Publisher, older: UUID) -> None:
    before = parts(publisher)

    swept(publisher)

    assert older not in left(publisher)
    assert parts(publisher) == before - 1


def test_one_to_be_kept_stays_until_its_day(publisher: Publisher, older: UUID) -> None:
    keep(publisher, older, days=7)

    swept(publisher)
    assert older in left(publisher)

    publisher.clock.advance(8 * DAY)
    swept(publisher)
    assert older not in left(publisher)


def test_to_be_kept_for_less_than_its_time_takes_nothing_away(
    publisher: Publisher, older: UUID
) -> None:
    keep(publisher, older, days=-9)
    now = publisher.clock.now()

    sweep(publisher.database, SHOP, now - 30 * DAY, now)

    assert older in left(publisher)


def test_one_that_was_never_shown_goes_on_its_day(publisher: Publisher, older: UUID) -> None:
    waiting = new_id()
    record = ManifestRecord(
        SHOP, waiting, new_id(), publisher.clock.now(), "staged", None, is_published=False
    )
    with publisher.database.jobs() as session:
        add_manifest(session, record, [])
    keep(publisher, waiting, days=7)

    swept(publisher)
    assert waiting in left(publisher)

    publisher.clock.advance(8 * DAY)
    swept(publisher)
    assert waiting not in left(publisher)


def test_what_is_shown_stays_whatever_was_said_of_it(publisher: Publisher, older: UUID) -> None:
    with publisher.database.jobs() as session:
        pointer = pointer_of(session, SHOP)
    assert pointer is not None
    keep(publisher, pointer.manifest_id, days=-1)

    swept(publisher)

    assert left(publisher) == [pointer.manifest_id]
