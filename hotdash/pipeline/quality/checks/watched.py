"""The daily series that are watched, each with its last closed day: what volume, jumps and averages are asked of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from hotdash.pipeline.quality.findings import Check, Dimension, Severity
from hotdash.storage.warehouse.daily_series import DailySeries

HISTORY = timedelta(days=140)
# A source that was not read for longer has its own check; its old days are not judged again.
OLDEST_JUDGED = timedelta(days=10)

MartsOf = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class Kind:
    """Told is the series in words; source is who is to be asked when it looks wrong."""

    name: str
    told: str
    mart: str
    source: str
    owner: str
    counted: bool = True

    @property
    def is_spend(self) -> bool:
        return self.name.startswith("spend_")


KINDS = {
    kind.name: kind
    for kind in (
        Kind("orders", "orders", "fct_revenue", "shopify", "finance"),
        Kind("revenue", "revenue", "fct_revenue", "shopify", "finance", counted=False),
        Kind("units", "units sold", "fct_revenue", "shopify", "finance"),
        Kind("spend_meta", "spend at Meta", "fct_ad_spend", "meta_ads", "marketing", counted=False),
        Kind(
            "spend_google",
            "spend at Google Ads",
            "fct_ad_spend",
            "google_ads",
            "marketing",
            counted=False,
        ),
        Kind("sessions", "sessions", "fct_sessions", "ga4", "marketing"),
        Kind(
            "search_clicks",
            "clicks from Google's search",
            "fct_search_totals",
            "search_console",
            "marketing",
        ),
        Kind("conversations", "conversations", "fct_conversations", "chatwoot", "support"),
    )
}
# Orders may also be imported from files, and then nobody reads Shopify.
_INSTEAD = {"shopify": "files"}


@dataclass(frozen=True)
class Incident:
    """Days of a series that people know were out of the ordinary; `all` names every series."""

    shop_id: str
    series: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Watched:
    """One series of one shop up to the day that is judged; the labelled days teach nothing."""

    shop_id: str
    kind: Kind
    day: date
    days: Mapping[date, Decimal]
    labelled: frozenset[date] = field(default=frozenset())

    def of_day(self, day: date) -> "Watched":
        """As it was judged on an earlier day."""
        return replace(self, day=day)

    @property
    def value(self) -> Decimal | None:
        return self.days.get(self.day)


def watched_series(
    told: Iterable[DailySeries],
    marks: Mapping[str, Mapping[str, datetime]],
    as_of: datetime,
    incidents: Sequence[Incident] = (),
) -> list[Watched]:
    """Those whose source was read; each up to its last closed day in the timezone its days belong to."""
    found: list[Watched] = []
    for series in told:
        kind, read = KINDS.get(series.name), marks.get(series.shop_id, {})
        mark = (
            None
            if kind is None
            else read.get(kind.source) or read.get(_INSTEAD.get(kind.source, ""))
        )
        if kind is None or mark is None:
            continue
        day = series.last_closed(min(mark, as_of))
        if day >= (as_of - OLDEST_JUDGED).date():
            labelled = labelled_days(incidents, series.shop_id, series.name)
            found.append(Watched(series.shop_id, kind, day, series.through(day), labelled))
    return found


def labelled_days(incidents: Iterable[Incident], shop_id: str, series: str) -> frozenset[date]:
    return frozenset(
        each.first_day + timedelta(days=number)
        for each in incidents
        if each.shop_id == shop_id and each.series in (series, "all")
        for number in range((each.last_day - each.first_day).days + 1)
    )


def series_check(
    name: str, kind: Kind, severity: Severity, why: str, marts_of: MartsOf, shops: Iterable[str]
) -> Check:
    mend = (
        f"Compare the day with {kind.source}. If it was a sale or another known event, label it: "
        "`hotdash checks incident`; if rows are missing, read them again: `hotdash run --reread`."
    )
    return Check(
        name,
        severity,
        marts_of(kind.mart),
        kind.owner,
        why,
        mend,
        dimension=Dimension.ACCURACY,
        sources=frozenset({kind.source}),
        shops=frozenset(shops),
    )


def by_kind(watched: Iterable[Watched]) -> dict[str, list[Watched]]:
    found: dict[str, list[Watched]] = {}
    for each in watched:
        found.setdefault(each.kind.name, []).append(each)
    return found


def spoken(value: Decimal) -> str:
    """As people write it: whole where it is whole, else with two places."""
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
