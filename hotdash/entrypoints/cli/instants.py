"""Instants as people write them on a command line."""

from datetime import UTC, datetime

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
