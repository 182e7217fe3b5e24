"""The seven tiles, in the order in which Today shows them."""

from hotdash.base.errors import NotFoundError
from hotdash.insights.tiles.cx_pulse.tile import CX_PULSE
from hotdash.insights.tiles.definition import TileDefinition
from hotdash.insights.tiles.fulfillment_flow.tile import FULFILLMENT_FLOW
from hotdash.insights.tiles.growth.tile import GROWTH
from hotdash.insights.tiles.inventory_watch.tile import INVENTORY_WATCH
from hotdash.insights.tiles.ops_pulse.tile import OPS_PULSE
from hotdash.insights.tiles.sales_pulse.tile import SALES_PULSE
from hotdash.insights.tiles.seo_pulse.tile import SEO_PULSE

TILES: dict[str, TileDefinition] = {
    each.name: each
    for each in (
        *(CX_PULSE, SALES_PULSE, SEO_PULSE, INVENTORY_WATCH),
        *(FULFILLMENT_FLOW, OPS_PULSE, GROWTH),
    )
}


def definition_of(name: str) -> TileDefinition:
    found = TILES.get(name)
    if found is None:
        raise NotFoundError(
            f"There is no tile {name[:40]!r}.", hint=f"Use one of {', '.join(TILES)}.", field="tile"
        )
    return found
