"""The raw tables of Google Analytics: which columns there are, and what GA4 calls them."""

from decimal import Decimal
from typing import Any

from hotdash.connectors.contract import RawKind
from hotdash.connectors.ga4.reports import UNFIT_KEYS
from hotdash.connectors.records import (
    DAY,
    FLAG,
    INSTANT,
    MONEY,
    RATIO,
    TEXT,
    WHOLE,
    Column,
    UnfitValueError,
    amount,
    flag,
    iso_day,
    ratio,
    record_table,
    text,
    whole,
)

_DECIMALS = Decimal("0.0001")


def revenue(value: Any) -> Decimal:
    """Google adds money up in binary, so 12.3 may come as 12.299999999999999: four decimals are kept."""
    try:
        return amount(ratio(value).quantize(_DECIMALS))
    except ArithmeticError as error:
        raise UnfitValueError(f"{value!r} is not an amount") from error


def as_told(value: Any) -> Any:
    return value


TRAFFIC = record_table(
    "ga4_traffic",
    RawKind.SLICE,
    ("day", "landing_page", "source", "medium", "campaign", "channel_group"),
    (
        Column("day", DAY, iso_day, path="date", required=True),
        Column("landing_page", TEXT, text, path="landingPage", required=True),
        Column("source", TEXT, text, path="sessionSource", required=True),
        Column("medium", TEXT, text, path="sessionMedium", required=True),
        Column("campaign", TEXT, text, path="sessionCampaignName", required=True),
        Column("channel_group", TEXT, text, path="sessionDefaultChannelGroup", required=True),
        Column("sessions", WHOLE, whole, required=True),
        Column("engaged_sessions", WHOLE, whole, path="engagedSessions", required=True),
        Column("bounce_rate", RATIO, ratio, path="bounceRate", required=True),
        Column("active_users", WHOLE, whole, path="activeUsers", required=True),
        # Whole or not: Google tells both kinds, depending on the property.
        Column("key_events", RATIO, ratio, path="keyEvents", required=True),
        Column("purchases", WHOLE, whole, path="ecommercePurchases", required=True),
        Column("purchase_revenue", MONEY, revenue, path="purchaseRevenue", required=True),
    ),
    ignored=UNFIT_KEYS,
)

PRODUCT_VIEWS = record_table(
    "ga4_product_views",
    RawKind.SLICE,
    ("day", "page_path"),
    (
        Column("day", DAY, iso_day, path="date", required=True),
        Column("page_path", TEXT, text, path="pagePath", required=True),
        Column("views", WHOLE, whole, path="screenPageViews", required=True),
        Column("active_users", WHOLE, whole, path="activeUsers", required=True),
    ),
    ignored=UNFIT_KEYS,
)

REPORT_DAYS = record_table(
    "ga4_report_days",
    RawKind.SLICE,
    ("day", "report"),
    (
        Column("day", DAY, as_told, required=True),
        Column("report", TEXT, text, required=True),
        Column("rows", WHOLE, whole, required=True),
        Column("property_id", WHOLE, whole, required=True),
        Column("timezone", TEXT, text, required=True),
        Column("currency", TEXT, text, required=True),
        Column("is_thresholded", FLAG, flag, required=True),
        Column("has_other_row", FLAG, flag, required=True),
        Column("samples_read", WHOLE, whole),
        Column("sampling_space", WHOLE, whole),
        Column("may_change", FLAG, flag, required=True),
    ),
)

PROPERTIES = record_table(
    "ga4_properties",
    RawKind.ENTITY,
    ("property_id",),
    (
        Column("property_id", WHOLE, whole, required=True),
        Column("timezone", TEXT, text, required=True),
        Column("currency", TEXT, text, required=True),
    ),
)

QUOTA = record_table(
    "ga4_quota",
    RawKind.ENTITY,
    ("property_id",),
    (
        Column("property_id", WHOLE, whole, required=True),
        Column("told_at", INSTANT, as_told, required=True),
        *(
            Column(name, WHOLE, whole, required=True)
            for name in (
                "day_tokens_left",
                "hour_tokens_left",
                "project_hour_tokens_left",
                "last_cost",
                "concurrent_left",
                "server_errors_left",
                "thresholded_left",
            )
        ),
    ),
)

RECORD_TABLES = (TRAFFIC, PRODUCT_VIEWS, REPORT_DAYS, PROPERTIES, QUOTA)
TABLES = tuple(table.raw for table in RECORD_TABLES)
