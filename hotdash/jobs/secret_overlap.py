"""A secret that signs webhooks and was replaced is believed for a day: what was under way bears it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hotdash.base.clock import iso_utc, parse_iso

LASTS = timedelta(days=1)
BEFORE, UNTIL = "_before", "_before_until"


def with_secret_before(
    secret_field: str | None, stored: Mapping[str, str], fields: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """What is to be kept of a credential that is entered in place of the stored one."""
    kept = dict(fields)
    old = stored.get(secret_field) if secret_field else None
    if secret_field and old and fields.get(secret_field) and old != fields[secret_field]:
        kept |= {secret_field + BEFORE: old, secret_field + UNTIL: iso_utc(now + LASTS)}
    return kept


def secret_before(secret_field: str, fields: Mapping[str, str], now: datetime) -> str | None:
    """While it is still believed."""
    until = fields.get(secret_field + UNTIL)
    is_over = until is None or parse_iso(until) <= now
    return None if is_over else fields.get(secret_field + BEFORE)
