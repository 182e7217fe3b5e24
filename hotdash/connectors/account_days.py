"""The days of an ad account: which are to be read, and what a cursor says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hotdash.connectors.calling import VendorAnswerError
from hotdash.connectors.contract import Cursor
from hotdash.connectors.windows import Window

_DAY, _TIMEZONE, _ACCOUNT = "day", "timezone", "account_id"


@dataclass(frozen=True)
class AccountDays:
    """Days are the account's own. `restated_for` is how long the vendor may still change one."""

    account_id: str
    timezone: str
    history_days: int
    restated_for: timedelta

    def to_read(self, cursor: Cursor | None, today: date) -> Window:
        """Up to yesterday; a cursor of the future counts as today's."""
        oldest = today - timedelta(days=self.history_days)
        first = oldest
        if cursor is not None and self._is_ours(cursor):
            known = min(date.fromisoformat(cursor[_DAY]), today)
            first = max(oldest, known - self.restated_for)
        return Window(first, today - timedelta(days=1))

    def reached(self, today: date) -> Cursor:
        return {_DAY: str(today), _TIMEZONE: self.timezone, _ACCOUNT: self.account_id}

    def _is_ours(self, cursor: Mapping[str, str]) -> bool:
        """Days counted in another timezone, or of another account, say nothing about these."""
        return (
            cursor.get(_TIMEZONE, self.timezone) == self.timezone
            and cursor.get(_ACCOUNT, self.account_id) == self.account_id
        )


def cursor_since(since: datetime) -> Cursor:
    """The account's timezone is not known here: a day earlier is early enough anywhere."""
    return {_DAY: str((since - timedelta(days=1)).date())}


def require_timezone(title: str, account_id: str, timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise VendorAnswerError(
            f"{title}'s account {account_id} is in the timezone {timezone!r}, which nobody knows.",
            hint="Correct it in the ad account's settings.",
        ) from error
