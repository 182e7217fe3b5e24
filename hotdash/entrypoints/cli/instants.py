"""Instants as people write them on a command line, and as it tells them."""

from datetime import UTC, datetime

from hotdash.base.clock import parse_iso, require_aware
from hotdash.base.errors import HotdashError


def instant_of(text: str | None, field: str) -> datetime | None:
    """Without a timezone it is UTC's."""
    if text is None:
        return None
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise HotdashError(
            f"{text!r} is not an instant.",
            hint="Write it like 2026-11-01 or 2026-11-01T00:00:00Z.",
            field=field,
        ) from None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def in_utc(instant: datetime | str | None, without: str = "–", to_the: str = "minutes") -> str:
    if instant is None:
        return without
    at = parse_iso(instant) if isinstance(instant, str) else require_aware(instant)
    return f"{at.replace(tzinfo=None).isoformat(' ', to_the)} UTC"
