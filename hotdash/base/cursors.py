"""Where the next page of a list begins, as text that callers hand back and need not understand."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.errors import HotdashError


class CursorError(HotdashError):
    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__(
            "This cursor was not given out here.",
            hint="Take next_cursor of the answer before, or ask without one.",
            field="cursor",
        )


def cursor_of(at: datetime | int, key: UUID) -> str:
    moment = iso_utc(at) if isinstance(at, datetime) else str(at)
    return base64.urlsafe_b64encode(f"{moment}|{key}".encode()).decode().rstrip("=")


def cursor_of_number(number: int) -> str:
    return base64.urlsafe_b64encode(f"n|{number}".encode()).decode().rstrip("=")


def number_of(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    kind, number = _parts(cursor)
    if kind != "n" or not (number.isascii() and number.isdigit() and len(number) < 19):
        raise CursorError
    return int(number)


def moment_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    moment, key = _parts(cursor)
    try:
        return parse_iso(moment), UUID(key)
    except (ValueError, OverflowError):
        raise CursorError from None


def place_of(cursor: str | None) -> tuple[int, UUID] | None:
    if cursor is None:
        return None
    place, key = _parts(cursor)
    if not (place.isascii() and place.isdigit() and len(place) < 9):
        raise CursorError
    try:
        return int(place), UUID(key)
    except ValueError:
        raise CursorError from None


def _parts(cursor: str) -> tuple[str, str]:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        told = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        raise CursorError from None
    first, bar, key = told.partition("|")
    if not bar:
        raise CursorError
    return first, key
