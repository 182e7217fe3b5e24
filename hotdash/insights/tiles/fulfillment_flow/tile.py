"""Which metrics, lists and words make up Fulfillment Flow."""

from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import (
    ActionKind,
    CellKind,
    Column,
    Fact,
    NextAction,
    TileList,
)
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed
from hotdash.insights.tiles.sources import PARCELS

MART = "fct_fulfillments"
_ORDER = (Column("order_id", "Order"), Column("ordered", "Ordered", CellKind.DAY))
_LATE = (
    *_ORDER,
    Column("ship_by_day", "Was due", CellKind.DAY),
    Column("days_late", "Late by", CellKind.DAYS),
    Column("net_sales", "Net sales", CellKind.MONEY),
)
_CARRIERS = (
    Column("carrier", "Carrier"),
    Column("parcels", "Parcels", CellKind.COUNT),
    Column("delivered", "Delivered", CellKind.COUNT),
    Column("on_time", "On time", CellKind.RATE),
    Column("delivery_days", "Takes (median)", CellKind.DAYS),
    Column("issues", "Issues", CellKind.COUNT),
)
_ISSUES = (
    *_ORDER,
    Column("carrier", "Carrier"),
    Column("issue", "Issue"),
    Column("promised_day", "Promised", CellKind.DAY),
)


def _load(reading: Reading) -> Listed:
    late = listed(
        *(reading, __file__, "late", "Late orders", _LATE),
        mart=MART,
        nothing="No order waits past its day.",
    )
    carriers = listed(
        *(reading, __file__, "carriers", "Carriers", _CARRIERS),
        mart=MART,
        nothing="No parcel of these days' orders has left the house.",
    )
    issues = listed(
        *(reading, __file__, "issues", "Issues", _ISSUES),
        mart=MART,
        nothing="No order of these days has an issue.",
    )
    return Listed([late, carriers, issues], _oldest(late))


def _oldest(late: TileList) -> list[Fact]:
    if not late.rows:
        return []
    days = late.rows[0][[column.name for column in _LATE].index("days_late")]
    what = wording.counted(int(str(days)), "day")
    return [Fact("oldest_unshipped", f"Oldest unshipped: {what} late")]


def _missing(found: Found) -> str:
    if found.first_day is None:
        return "The shop has no order to send yet."
    return f"No order of {wording.span(found.windows.current)} was due to leave the house."


def _next_step(found: Found) -> NextAction | None:
    late = found.rows("late")
    if not late:
        return None
    what = wording.counted(late, "late order")
    return NextAction(ActionKind.SEE_LIST, f"View {what}", "late")


FULFILLMENT_FLOW = TileDefinition(
    name="fulfillment-flow",
    title="Fulfillment Flow",
    question="Do orders leave the house and arrive when they were promised?",
    metric="shipped_on_time_rate",
    sources=(PARCELS,),
    rests_on=(MART,),
    shows=("fct_orders",),
    context=(
        Context("on_time_rate", is_judged=True),
        Context("delivery_days"),
        Context("fulfillment_issue_rate", is_judged=True),
    ),
    missing=_missing,
    load=_load,
    next_step=_next_step,
)
