"""The raw tables of Search Console; Google's counts come as numbers with decimals and are whole all the same."""

from hotdash.connectors.contract import RawKind
from hotdash.connectors.records import (
    DAY,
    RATIO,
    TEXT,
    WHOLE,
    Column,
    iso_day,
    ratio,
    record_table,
    text,
    whole,
)

_COUNTS = (
    Column("clicks", WHOLE, whole, required=True),
    Column("impressions", WHOLE, whole, required=True),
    Column("ctr", RATIO, ratio, required=True),
    Column("position", RATIO, ratio, required=True),
)

QUERIES = record_table(
    "search_console_queries",
    RawKind.SLICE,
    ("day", "page", "query"),
    (
        Column("day", DAY, iso_day, path="date", required=True),
        Column("page", TEXT, text, required=True),
        Column("query", TEXT, text, required=True),
        *_COUNTS,
    ),
)

DAYS = record_table(
    "search_console_days",
    RawKind.SLICE,
    ("day", "aggregation"),
    (
        Column("day", DAY, iso_day, path="date", required=True),
        Column(
            "aggregation", TEXT, text, required=True, words=frozenset({"BY_PROPERTY", "BY_PAGE"})
        ),
        *_COUNTS,
    ),
)

SITES = record_table(
    "search_console_sites",
    RawKind.ENTITY,
    ("site_url",),
    (
        Column("site_url", TEXT, text, path="siteUrl", required=True),
        Column("permission", TEXT, text, path="permissionLevel", required=True),
        Column("timezone", TEXT, text, required=True),
    ),
)

TABLES = (QUERIES.raw, DAYS.raw, SITES.raw)
