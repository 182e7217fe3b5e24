"""Which backups go: by hand, on a calendar of November."""

from datetime import UTC, datetime, timedelta

from hotdash.governance.backup.keep import outlived
from hotdash.governance.backup.manifest import id_of, instant_of

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
KEEP = timedelta(days=30)


def made(*moments: tuple[int, int, int]) -> list[str]:
    return [id_of(datetime(2026, month, day, hour, tzinfo=UTC)) for month, day, hour in moments]


def left(ids: list[str], now: datetime = NOW) -> list[str]:
    gone = outlived(ids, now, KEEP)
    return [each for each in ids if each not in gone]


def test_a_name_says_when_it_was_made() -> None:
    assert instant_of(id_of(NOW)) == NOW
    early, late = made((11, 9, 23), (11, 10, 0))
    assert early < late


def test_all_of_two_days_stay() -> None:
    ids = made((11, 28, 13), (11, 28, 14), (11, 30, 1), (11, 30, 2))
    assert left(ids) == ids


def test_of_an_older_day_the_newest_stays() -> None:
    ids = made((11, 20, 1), (11, 20, 2), (11, 21, 5), (11, 30, 1))
    assert left(ids) == made((11, 20, 2), (11, 21, 5), (11, 30, 1))


def test_after_its_time_it_goes() -> None:
    """30 days before noon of November 30 is noon of October 31."""
    ids = made((10, 31, 11), (10, 31, 12), (11, 30, 1))
    assert left(ids) == made((10, 31, 12), (11, 30, 1))


def test_the_newest_of_all_stays_however_old_it_is() -> None:
    ids = made((1, 1, 1), (1, 2, 1))
    assert left(ids) == made((1, 2, 1))
    assert left([]) == []
