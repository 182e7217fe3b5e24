"""The part of Google Ads' query language that is asked here, strict about the rest."""

import re
from dataclasses import dataclass
from datetime import date

from hotdash.simulators.google_ads.refusals import FailedError, bad_query

_QUERY = re.compile(
    r"\s*SELECT\s+(?P<fields>.+?)\s+FROM\s+(?P<resource>\w+)(\s+WHERE\s+(?P<where>.+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = re.compile(r"segments\.date\s+BETWEEN\s+'([^']*)'\s+AND\s+'([^']*)'", re.IGNORECASE)
_IDS = re.compile(r"campaign\.id\s+IN\s+\(([\d,\s]+)\)", re.IGNORECASE)

CUSTOMER = (
    *("customer.id", "customer.descriptive_name", "customer.currency_code", "customer.time_zone"),
    *("customer.status", "customer.manager", "customer.test_account"),
)
CAMPAIGN = (
    *("campaign.id", "campaign.name", "campaign.status", "campaign.advertising_channel_type"),
    "campaign.start_date_time",
)
METRICS = (
    *("metrics.cost_micros", "metrics.clicks", "metrics.impressions"),
    *("metrics.conversions", "metrics.conversions_value"),
)
DATE = "segments.date"
SELECTABLE = {
    "customer": frozenset(CUSTOMER),
    "campaign": frozenset((*CUSTOMER, *CAMPAIGN, *METRICS, DATE)),
}


@dataclass(frozen=True)
class Query:
    resource: str
    fields: tuple[str, ...]
    days: tuple[date, date] | None
    campaign_ids: frozenset[int] | None

    @property
    def has_metrics(self) -> bool:
        return any(name.startswith("metrics.") for name in self.fields)

    @property
    def field_mask(self) -> str:
        return ",".join(camel(name) for name in self.fields)


def parse(text: str) -> Query:
    found = _QUERY.fullmatch(text)
    if found is None:
        raise bad_query("UNEXPECTED_INPUT", "Error in query: unexpected input.")
    resource = found["resource"].lower()
    if resource not in SELECTABLE:
        raise bad_query(
            "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"Error in query: unknown resource '{resource}'."
        )
    fields = tuple(name.strip() for name in found["fields"].split(","))
    for name in fields:
        if name not in SELECTABLE[resource]:
            raise bad_query("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.")
    days, ids = _conditions(found["where"] or "")
    if DATE in fields and days is None:
        raise bad_query(
            "EXPECTED_FILTERS_ON_DATE_RANGE",
            "The WHERE clause must specify a finite date range: 'segments.date'.",
        )
    return Query(resource, fields, days, ids)


def _conditions(where: str) -> tuple[tuple[date, date] | None, frozenset[int] | None]:
    days: tuple[date, date] | None = None
    ids: frozenset[int] | None = None
    if between := _BETWEEN.search(where):
        days = _day(between[1]), _day(between[2])
        where = where.replace(between[0], "")
    if listed := _IDS.search(where):
        ids = frozenset(int(each) for each in listed[1].split(","))
        where = where.replace(listed[0], "")
    if where.strip().upper() not in ("", "AND"):
        raise bad_query("UNEXPECTED_INPUT", f"Error in query: unexpected input {where.strip()}.")
    return days, ids


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _bad_day() from error


def _bad_day() -> FailedError:
    return bad_query("INVALID_DATE_FORMAT", "Invalid date literal supplied for field.")


def camel(path: str) -> str:
    """campaign.start_date_time as JSON names it: campaign.startDateTime."""
    head, *rest = path.split("_")
    return head + "".join(word.capitalize() for word in rest)
