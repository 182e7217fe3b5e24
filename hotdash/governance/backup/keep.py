"""Which backups have had their time: all of two days stay, then the newest of each day, until the last day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hotdash.governance.backup.manifest import instant_of

ALL_FOR = timedelta(days=2)


def outlived(ids: Sequence[str], now: datetime, keep: timedelta) -> list[str]:
    """Of ids in the order of time; the newest of all stays, however old it is."""
    newest_of_day = {instant_of(each).date(): each for each in ids}
    return [
        each
        for each in ids[:-1]
        if now - instant_of(each) > keep
        or (now - instant_of(each) > ALL_FOR and newest_of_day[instant_of(each).date()] != each)
    ]
