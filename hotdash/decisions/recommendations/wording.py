"""How rules say amounts, counts and spans, and where evidence lies."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from hotdash.base.money import Money
from hotdash.decisions.recommendations.contract import Evidence
from hotdash.storage.appdb.repositories.signals.reading import Reading

_NAMES = {
    "chatwoot": "Chatwoot",
    "clickstream": "The click collector",
    "files": "The other loader",
    "ga4": "Google Analytics",
    "google_ads": "Google Ads",
    "meta": "Meta",
    "meta_ads": "Meta Ads",
    "search_console": "Search Console",
    "shopify": "Shopify",
}
_TENTH = Decimal("0.1")


def name_of(source: str) -> str:
    """As people call it; records and addresses keep the word of the data."""
    return _NAMES.get(source, source.replace("_", " ").capitalize())


def rounded(amount: Decimal, currency: str) -> Decimal:
    return Money(amount, currency).rounded().amount


def times(ratio: Decimal) -> str:
    return f"{ratio.quantize(_TENTH, rounding=ROUND_HALF_UP):f}"


def percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP):f}%"


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def span(length: timedelta) -> str:
    hours = int(length / timedelta(hours=1))
    if hours >= 48:
        return counted(hours // 24, "day")
    return (
        counted(hours, "hour") if hours else counted(int(length / timedelta(minutes=1)), "minute")
    )


def day(told: date) -> str:
    return f"{told.day} {told:%b %Y}"


def end_of(told: date, timezone: str) -> datetime:
    """The last instant of somebody's day is the first of the next one."""
    return datetime.combine(told + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)


def query_of(reading: Reading, label: str, metric: str, by: str, value: str | None) -> Evidence:
    asked = {"shop": reading.shop_id, "metric": metric, "by": by}
    if value is not None:
        asked["filter"] = f"{by}:{value}"
    return Evidence(label, f"/api/v1/metrics/query?{urlencode(asked)}")


def signals_of(reading: Reading, label: str, kind: str, subject: str) -> Evidence:
    """The rows as the rule saw them."""
    asked = urlencode({"shop": reading.shop_id, "kind": kind, "subject": subject})
    return Evidence(label, f"/api/v1/decisions/evidence?{asked}")
