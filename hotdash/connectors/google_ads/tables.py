"""Google Ads' raw tables: the account, its campaigns, and what each campaign did on each day of the account."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from hotdash.connectors.contract import RawKind
from hotdash.connectors.records import (
    DAY,
    MONEY,
    RATIO,
    TEXT,
    WHOLE,
    Column,
    iso_day,
    micros,
    ratio,
    record_table,
    text,
    whole,
)


def flat(row: Any) -> Any:
    """A row of nested resources with one key per field, so that each is known or new by its own."""
    if not isinstance(row, dict):
        return row
    found: dict[str, Any] = {}
    for resource, told in cast("Mapping[str, Any]", row).items():
        if not isinstance(told, dict):
            found[resource] = told
            continue
        for name, value in cast("Mapping[str, Any]", told).items():
            found[f"{resource}/{name}"] = value
    return found


def claimed(value: Any) -> Decimal:
    """What is claimed was never booked, so it may be rounded to the four decimals of money."""
    return round(ratio(value), 4)


# Resource names come along unasked.
_NAMES = ["customer/resourceName", "campaign/resourceName"]
_STATUS = frozenset("ENABLED PAUSED REMOVED".split())

CUSTOMERS = record_table(
    "google_ads_customers",
    RawKind.ENTITY,
    ("customer_id",),
    [
        Column("customer_id", WHOLE, whole, "customer/id", required=True),
        Column("name", TEXT, text, "customer/descriptiveName", omitted=True),
        Column("currency", TEXT, text, "customer/currencyCode", required=True),
        Column("timezone", TEXT, text, "customer/timeZone", required=True),
        Column(
            "status",
            TEXT,
            text,
            "customer/status",
            words=frozenset("ENABLED CANCELED SUSPENDED CLOSED".split()),
        ),
    ],
    ignored=[*_NAMES, "customer/manager"],
)

CAMPAIGNS = record_table(
    "google_ads_campaigns",
    RawKind.ENTITY,
    ("campaign_id",),
    [
        Column("campaign_id", WHOLE, whole, "campaign/id", required=True),
        Column("customer_id", WHOLE, whole, "customer/id", required=True),
        Column("name", TEXT, text, "campaign/name"),
        Column("status", TEXT, text, "campaign/status", words=_STATUS),
        Column("channel_type", TEXT, text, "campaign/advertisingChannelType"),
        Column("start_date_time", TEXT, text, "campaign/startDateTime", omitted=True),
    ],
    ignored=_NAMES,
)

CAMPAIGN_DAYS = record_table(
    "google_ads_campaign_days",
    RawKind.SLICE,
    ("day", "campaign_id"),
    [
        Column("day", DAY, iso_day, "segments/date", required=True),
        Column("campaign_id", WHOLE, whole, "campaign/id", required=True),
        Column("customer_id", WHOLE, whole, "customer/id", required=True),
        Column("campaign_name", TEXT, text, "campaign/name"),
        Column("campaign_status", TEXT, text, "campaign/status", words=_STATUS),
        Column("cost", MONEY, micros, "metrics/costMicros", required=True),
        Column("clicks", WHOLE, whole, "metrics/clicks", required=True),
        Column("impressions", WHOLE, whole, "metrics/impressions", required=True),
        Column("conversions", RATIO, ratio, "metrics/conversions", required=True),
        Column("conversions_value", MONEY, claimed, "metrics/conversionsValue", required=True),
        Column("currency", TEXT, text, "customer/currencyCode", required=True),
        Column("timezone", TEXT, text, "customer/timeZone", required=True),
    ],
    ignored=_NAMES,
)

RECORD_TABLES = (CUSTOMERS, CAMPAIGNS, CAMPAIGN_DAYS)
TABLES = tuple(table.raw for table in RECORD_TABLES)
