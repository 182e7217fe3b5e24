"""Which metrics, lists and words make up Growth."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from hotdash.base.money import Money, in_words
from hotdash.insights.operations.growth import Growth, load_growth
from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import CellKind, Column, Fact, NextAction, TileList
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed
from hotdash.insights.tiles.sources import ORDERS

_SHARE = Decimal("0.000001")
_WAY = (
    Column("day", "Up to", CellKind.DAY),
    Column("revenue_12m", "Last 12 months", CellKind.MONEY),
    Column("target", "Target", CellKind.MONEY),
    Column("share", "Of the target", CellKind.RATE),
    Column("run_rate", "Run rate", CellKind.MONEY),
    Column("present", "Grows a month", CellKind.SHARE),
    Column("needed", "Would need", CellKind.SHARE),
    Column("arrival", "Arrives", CellKind.DAY),
    Column("earliest", "Earliest", CellKind.DAY),
    Column("latest", "Latest", CellKind.DAY),
)
_MONTHS = (
    Column("month", "Month from", CellKind.DAY),
    Column("revenue", "Revenue", CellKind.MONEY),
    Column("orders", "Orders", CellKind.COUNT),
    Column("days", "Days", CellKind.COUNT),
)
_ASSUMED = (
    "The present rate is that of the last 91 days against the 91 before; the range is spanned by it "
    "and by the rate of the last twelve months. The needed rate arrives within 36 months."
)


def _load(reading: Reading) -> Listed:
    growth = load_growth(reading.session, reading.shop_id, reading.window.last)
    months = listed(
        *(reading, __file__, "months", "The twelve months", _MONTHS),
        mart="fct_growth",
        nothing="No month has revenue yet.",
        note="The last 365 days by calendar month: the first and the last month are parts.",
    )
    return Listed([_way(growth), months], _facts(growth) if growth else [])


def _way(growth: Growth | None) -> TileList:
    title = "The way to the target"
    if growth is None:
        return TileList("way", title, _WAY, why="No day of growth has been published yet.")
    standing, arrival = growth.standing, growth.arrival
    row = [
        standing.day,
        _money(standing.revenue_12m, standing.currency),
        _money(standing.target, standing.currency),
        _rounded(growth.share),
        _money(growth.run_rate, standing.currency),
        _rounded(growth.present_monthly),
        _rounded(growth.needed_monthly),
        *((arrival.day, arrival.earliest, arrival.latest) if arrival else (None, None, None)),
    ]
    return TileList("way", title, _WAY, [row], 1, note=_ASSUMED)


def _facts(growth: Growth) -> list[Fact]:
    standing = growth.standing
    target = in_words(standing.target, standing.currency)
    told = [Fact("share", f"{wording.percent(growth.share)} of {target}")]
    if standing.days_in_12m < 365:
        told.append(Fact("days", f"Of {standing.days_in_12m} days so far"))
    if growth.present_monthly is not None and growth.needed_monthly is not None:
        verb = "Falls" if growth.present_monthly < 0 else "Grows"
        present, needed = abs(growth.present_monthly), growth.needed_monthly
        told.append(
            Fact(
                "rate",
                f"{verb} {wording.percent(present)} a month, would need {wording.percent(needed)}",
            )
        )
    told.append(Fact("arrival", _arrival(growth)))
    return told


def _arrival(growth: Growth) -> str:
    arrival = growth.arrival
    if growth.standing.is_reached:
        return "The target is reached"
    if arrival is None:
        return "No arrival date: there are no two quarters with sales to compare"
    earliest, latest = _day(arrival.earliest), _day(arrival.latest)
    if arrival.day is None:
        return f"At this rate: never; at the rate of the twelve months: {earliest}"
    return f"At this rate: {_day(arrival.day)} (between {earliest} and {latest})"


def _day(day: date | None) -> str:
    return wording.day(day) if day else "never"


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else Money(amount, currency).rounded().amount


def _rounded(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else rate.quantize(_SHARE, rounding=ROUND_HALF_UP)


def _missing(found: Found) -> str:
    if found.first_day is None:
        return "The shop has no revenue yet."
    return f"No twelve months are known up to {wording.day(found.windows.current.last)}."


def _next_step(_found: Found) -> NextAction | None:
    return None


GROWTH = TileDefinition(
    name="growth",
    title="Growth $1MM→$10MM",
    question="How far is the shop on its way to the target, and when does it arrive?",
    metric="revenue_12m",
    sources=(ORDERS,),
    rests_on=("fct_growth",),
    shows=("fct_revenue",),
    context=(Context("revenue_run_rate"), Context("sales_delta_week"), Context("revenue")),
    missing=_missing,
    load=_load,
    next_step=_next_step,
)
