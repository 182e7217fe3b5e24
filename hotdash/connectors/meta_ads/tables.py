"""Meta's raw tables: the account, its campaigns, and what each campaign did on each day of the account."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from hotdash.connectors.contract import RawKind
from hotdash.connectors.records import (
    DAY,
    INSTANT,
    MONEY,
    TEXT,
    WHOLE,
    Column,
    Parse,
    UnfitValueError,
    amount,
    iso_day,
    iso_instant,
    ratio,
    record_table,
    text,
    whole,
)

CLICK_WINDOWS = ("1d_click", "7d_click", "28d_click")
WINDOWS = (*CLICK_WINDOWS, "1d_view")
# Kinds of purchases contain each other, so exactly one counts: the widest that is told.
PURCHASES = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
ACTION_KEYS = frozenset({"action_type", "value", *WINDOWS})

# Insights do not tell the timezone: it is the account's, written beside each row.
ACCOUNT_TIMEZONE = "timezone_name"


def purchases(actions: Any) -> Mapping[str, Any] | None:
    """The one action that holds the purchases; none where there were none."""
    if not isinstance(actions, list):
        raise UnfitValueError(f"{actions!r} is not a list of actions")
    by_type: dict[str, Mapping[str, Any]] = {}
    for action in cast("list[Any]", actions):
        if not isinstance(action, dict) or "action_type" not in action:
            raise UnfitValueError(f"{action!r} is not an action")
        told = cast("Mapping[str, Any]", action)
        by_type[str(told["action_type"])] = told
    return next((by_type[kind] for kind in PURCHASES if kind in by_type), None)


def _in_window(window: str, parse: Parse) -> Parse:
    """What Meta leaves out is nothing, except where a narrower window holds something."""

    def read(actions: Any) -> Any:
        found = purchases(actions)
        if found is None:
            return parse("0")
        if window not in found:
            _require_nothing_narrower(found, window)
            return parse("0")
        return parse(found[window])

    return read


def _require_nothing_narrower(action: Mapping[str, Any], window: str) -> None:
    narrower: Iterable[str] = CLICK_WINDOWS[: _place(window)]
    if window == "value":
        narrower = WINDOWS
    held = [name for name in narrower if name in action and ratio(action[name])]
    if held:
        raise UnfitValueError(f"{window} is missing although {held[0]} is told")


def _place(window: str) -> int:
    return CLICK_WINDOWS.index(window) if window in CLICK_WINDOWS else 0


def claimed(value: Any) -> Decimal:
    """What is claimed was never booked, so it may be rounded to the four decimals of money."""
    return round(ratio(value), 4)


def _windows(name: str, kind: Any, parse: Parse, path: str) -> list[Column]:
    return [
        Column(name, kind, _in_window("value", parse), path, omitted=True),
        *(
            Column(f"{name}_{window}", kind, _in_window(window, parse), path, omitted=True)
            for window in WINDOWS
        ),
    ]


ACCOUNTS = record_table(
    "meta_ads_accounts",
    RawKind.ENTITY,
    ("account_id",),
    [
        Column("account_id", WHOLE, whole, required=True),
        Column("name", TEXT, text),
        Column("currency", TEXT, text, required=True),
        Column("timezone", TEXT, text, ACCOUNT_TIMEZONE, required=True),
        Column("account_status", WHOLE, whole),
    ],
    ignored=["id"],
)

CAMPAIGNS = record_table(
    "meta_ads_campaigns",
    RawKind.ENTITY,
    ("campaign_id",),
    [
        Column("campaign_id", WHOLE, whole, "id", required=True),
        Column("account_id", WHOLE, whole),
        Column("name", TEXT, text),
        Column("status", TEXT, text, words=frozenset("ACTIVE PAUSED ARCHIVED DELETED".split())),
        Column(
            "effective_status",
            TEXT,
            text,
            words=frozenset("ACTIVE PAUSED ARCHIVED DELETED IN_PROCESS WITH_ISSUES".split()),
        ),
        Column("objective", TEXT, text, omitted=True),
        Column("created_at", INSTANT, iso_instant, "created_time"),
        Column("updated_at", INSTANT, iso_instant, "updated_time"),
        Column("started_at", INSTANT, iso_instant, "start_time", omitted=True),
        Column("stopped_at", INSTANT, iso_instant, "stop_time", omitted=True),
    ],
)

CAMPAIGN_DAYS = record_table(
    "meta_ads_campaign_days",
    RawKind.SLICE,
    ("day", "campaign_id"),
    [
        Column("day", DAY, iso_day, "date_start", required=True),
        Column("campaign_id", WHOLE, whole, required=True),
        Column("account_id", WHOLE, whole, required=True),
        Column("campaign_name", TEXT, text),
        Column("spend", MONEY, amount, required=True),
        Column("impressions", WHOLE, whole, required=True),
        Column("clicks", WHOLE, whole, required=True),
        *_windows("purchases", WHOLE, whole, "actions"),
        *_windows("purchase_value", MONEY, claimed, "action_values"),
        Column("currency", TEXT, text, "account_currency", required=True),
        Column("timezone", TEXT, text, ACCOUNT_TIMEZONE, required=True),
    ],
    ignored=["date_stop"],
)

RECORD_TABLES = (ACCOUNTS, CAMPAIGNS, CAMPAIGN_DAYS)
TABLES = tuple(table.raw for table in RECORD_TABLES)

ACCOUNT_FIELDS = ("account_id", "name", "currency", ACCOUNT_TIMEZONE, "account_status")
CAMPAIGN_FIELDS = tuple(column.path or column.name for column in CAMPAIGNS.columns)
INSIGHT_FIELDS = (
    *("account_id", "account_currency", "campaign_id", "campaign_name"),
    *("spend", "impressions", "clicks", "actions", "action_values"),
)
