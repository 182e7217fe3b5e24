"""Which metrics, lists and words make up Inventory Watch."""

from hotdash.base.money import in_words
from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import ActionKind, CellKind, Column, Fact, NextAction
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed, rows_of
from hotdash.insights.tiles.sources import STOCK

ITEMS = "fct_inventory"
_ITEM = (Column("sku", "SKU"), Column("item", "Item"))
_REORDER = (
    *_ITEM,
    Column("supplier", "Supplier"),
    Column("available", "For sale", CellKind.COUNT),
    Column("velocity", "Sold a day", CellKind.NUMBER),
    Column("days_of_stock", "Lasts", CellKind.DAYS),
    Column("lead_time_days", "Lead time", CellKind.DAYS),
    Column("reorder_point", "Reorder point", CellKind.COUNT),
    Column("reorder_quantity", "Order now", CellKind.COUNT),
    Column("money_at_risk", "At risk", CellKind.MONEY),
)
_OVERSTOCK = (
    *_ITEM,
    Column("on_hand", "In stock", CellKind.COUNT),
    Column("days_of_stock", "Lasts", CellKind.DAYS),
    Column("overstock_units", "Too many", CellKind.COUNT),
    Column("overstock_value", "Their cost", CellKind.MONEY),
)
_DEAD = (
    *_ITEM,
    Column("on_hand", "In stock", CellKind.COUNT),
    Column("last_sold_day", "Last sold", CellKind.DAY),
    Column("stock_value", "Their cost", CellKind.MONEY),
)


def _load(reading: Reading) -> Listed:
    reorder = listed(
        *(reading, __file__, "reorder", "To reorder", _REORDER),
        mart=ITEMS,
        nothing="No item has to be ordered.",
        note="Sold a day counts only days on which the item could be bought. At risk is what will "
        "be asked for within the lead time and is not there, at its price.",
    )
    overstock = listed(
        *(reading, __file__, "overstock", "Overstock", _OVERSTOCK),
        mart=ITEMS,
        nothing="No item lasts longer than enough.",
    )
    dead = listed(
        *(reading, __file__, "dead", "Dead stock", _DEAD),
        mart=ITEMS,
        nothing="Every item in stock was sold within 56 days.",
    )
    return Listed([reorder, overstock, dead], _at_risk(reading))


def _at_risk(reading: Reading) -> list[Fact]:
    """Of all items, also of those that the list is too short for."""
    (row,) = rows_of(reading, __file__, "at_risk")
    if row["at_risk"] is None:
        return []
    amount = in_words(row["at_risk"], reading.currency)
    return [Fact("money_at_risk", f"{amount} at risk")]


def _missing(found: Found) -> str:
    if found.first_day is None:
        return "No stock of the shop has been read yet."
    return f"No stock is known between {wording.span(found.windows.current)}."


def _next_step(found: Found) -> NextAction | None:
    due = found.rows("reorder")
    if not due:
        return None
    what = wording.counted(due, "item")
    return NextAction(ActionKind.SEE_LIST, f"Review {what} to reorder", "reorder")


INVENTORY_WATCH = TileDefinition(
    name="inventory-watch",
    title="Inventory Watch",
    question="Which items run out before they can be refilled, and what is lying too long?",
    metric="items_running_out",
    sources=(STOCK,),
    rests_on=("fct_inventory_days",),
    shows=(ITEMS,),
    context=(
        Context("inventory_coverage"),
        Context("stock_out_rate", is_judged=True),
        Context("reorder_units"),
        Context("overstocked_items"),
        Context("dead_items"),
        Context("sell_through"),
    ),
    missing=_missing,
    load=_load,
    next_step=_next_step,
    is_standing=True,
)
