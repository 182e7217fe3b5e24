"""All that is read of a shop, one family after the other."""

from collections.abc import Mapping

from hotdash.connectors.files.order_parts import ORDERS
from hotdash.connectors.files.parts import Family
from hotdash.connectors.files.shop_parts import CUSTOMERS, PRODUCTS, SHOP
from hotdash.connectors.files.stock_parts import FULFILLMENTS, INVENTORY, LOCATIONS

# The shop comes first: its currency says how many digits amounts have.
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (SHOP, PRODUCTS, CUSTOMERS, ORDERS, FULFILLMENTS, LOCATIONS, INVENTORY)
}
