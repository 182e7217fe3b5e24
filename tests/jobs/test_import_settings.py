"""A file becomes dated decisions, once; the next run takes them along."""

from datetime import UTC, date, datetime

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import NotFoundError
from hotdash.insights.operations.settings import SettingsFileError
from hotdash.jobs.import_settings import import_settings
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.operating_settings import list_settings, settings_on
from hotdash.storage.appdb.session import Database

SHOP = "hot-rod-an"
# The shop is in Los Angeles, where it is still the 4th.
NOW = datetime(2026, 11, 5, 7, tzinfo=UTC)
HEADER = "setting,applies_to,subject,value,effective_from\n"

pytestmark = pytest.mark.usefixtures("shop")


def told(database: Database, lines: str) -> list[int]:
    decided = import_settings(database, SHOP, HEADER + lines, actor="ana", clock=FixedClock(NOW))
    return [each.value for each in decided]


def test_holds_from_the_shops_own_day(database: Database) -> None:
    assert told(database, "lead_time_days,sku,A,21,\n") == [21]
    with database.jobs() as session:
        [decided] = list_settings(session, SHOP)
        event = list_events(session, SHOP)[0]
    assert decided.effective_from == date(2026, 11, 4)
    assert (event.action, event.actor, event.detail["decided"]) == ("import_settings", "ana", 1)


def test_again_is_nothing_new_and_a_change_is(database: Database) -> None:
    told(database, "lead_time_days,sku,A,21,2026-11-01\n")
    assert told(database, "lead_time_days,sku,A,21,2026-11-01\n") == []
    assert told(database, "lead_time_days,sku,A,22,2026-11-01\n") == [22]
    with database.jobs() as session:
        assert settings_on(session, SHOP, "lead_time_days", date(2026, 10, 31)) == {}
        assert settings_on(session, SHOP, "lead_time_days", date(2026, 11, 1)) == {"A": 22}


def test_the_same_day_named_and_meant_is_decided_twice_in_order(database: Database) -> None:
    told(database, "lead_time_days,sku,A,21,\nlead_time_days,sku,A,22,2026-11-04\n")
    with database.jobs() as session:
        assert settings_on(session, SHOP, "lead_time_days", date(2026, 11, 4)) == {"A": 22}


def test_of_a_broken_file_nothing_is_kept(database: Database) -> None:
    with pytest.raises(SettingsFileError):
        told(database, "lead_time_days,sku,A,21,\nlead_time_days,sku,B,many,\n")
    with database.jobs() as session:
        assert list_settings(session, SHOP) == []


def test_of_a_shop_nobody_knows(database: Database) -> None:
    with pytest.raises(NotFoundError):
        import_settings(database, "nobody", HEADER, actor="ana", clock=FixedClock(NOW))
