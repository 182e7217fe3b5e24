"""What Shopify says about the version of its API: other than asked, near its end, or partly deprecated."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hotdash.connectors.contract import Drift, DriftKind
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.tables import SHOPS

_WARNED_BEFORE = timedelta(days=90)
_YEARS_SUPPORTED = 1


def drifts(client: ShopifyClient, now: datetime) -> Iterator[Drift]:
    """Once per read, whatever many answers said so."""
    asked, told = client.api_version, client.told_version
    if told is not None and told != asked:
        detail = f"{asked} was asked for and {told} answered: the version asked is out of support"
        yield Drift(SHOPS, DriftKind.VERSION_ENDING, asked, detail, now)
    else:
        ends = supported_until(asked)
        if ends is not None and now >= _midnight(ends) - _WARNED_BEFORE:
            detail = f"{asked} is supported until {ends}; set shopify_api_version to a newer one"
            yield Drift(SHOPS, DriftKind.VERSION_ENDING, asked, detail, now)
    for reason, operation in client.deprecations.items():
        yield Drift(SHOPS, DriftKind.DEPRECATED, operation, reason, now)


def supported_until(version: str) -> date | None:
    """A version is named after the month it came out in and lives for twelve months at least."""
    try:
        year, month = (int(part) for part in version.split("-"))
        return date(year + _YEARS_SUPPORTED, month, 1)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
