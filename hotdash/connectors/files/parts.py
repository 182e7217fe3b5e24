"""What is read of a shop, whoever loaded it: parts, each belonging to one order, customer or product."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

SYNCED, DELETED, ROOT = "_synced", "_deleted", "_root"


class Kind(StrEnum):
    ID = "id"
    COUNT = "count"
    MONEY = "money"
    RATE = "rate"
    FLAG = "flag"
    INSTANT = "instant"
    TEXT = "text"
    WORD = "word"


@dataclass(frozen=True)
class Field:
    """`required` may not be empty; an `optional` one may be missing from the loader's table altogether."""

    name: str
    kind: Kind
    required: bool = False
    optional: bool = False
    personal: bool = False


@dataclass(frozen=True)
class Part:
    """`parent_key` is this part's field that names a row of its parent by id."""

    name: str
    fields: tuple[Field, ...]
    parent: str | None = None
    parent_key: str = ""
    has_id: bool = True
    optional: bool = False


@dataclass(frozen=True)
class Family:
    """An entity and its children, parents before children."""

    root: Part
    children: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.root, *self.children)


def _id(name: str = "id", *, required: bool = True) -> Field:
    return Field(name, Kind.ID, required=required)


def _money(name: str, *, required: bool = True, optional: bool = False) -> Field:
    return Field(name, Kind.MONEY, required=required, optional=optional)


def _text(name: str, *, required: bool = False, personal: bool = False) -> Field:
    return Field(name, Kind.TEXT, required=required, personal=personal)


def _at(name: str, *, required: bool = True, optional: bool = False) -> Field:
    return Field(name, Kind.INSTANT, required=required, optional=optional)


ORDERS = Family(
    Part(
        "orders",
        (
            _id(),
            _text("name", required=True),
            *(_at("created_at"), _at("processed_at"), _at("updated_at")),
            _at("cancelled_at", required=False),
            Field("financial_status", Kind.WORD),
            Field("fulfillment_status", Kind.WORD),
            Field("test", Kind.FLAG, required=True),
            _text("currency", required=True),
            _text("presentment_currency", required=True),
            Field("taxes_included", Kind.FLAG, required=True),
            _id("customer_id", required=False),
            _money("total_price"),
            _money("total_tax", required=False),
            _money("total_discounts", required=False),
        ),
    ),
    (
        Part(
            "lines",
            (
                *(_id(), _id("order_id")),
                *(_id("product_id", required=False), _id("variant_id", required=False)),
                *(_text("sku"), _text("title", required=True)),
                Field("quantity", Kind.COUNT, required=True),
                Field("current_quantity", Kind.COUNT, optional=True),
                _money("price"),
                Field("gift_card", Kind.FLAG, required=True),
            ),
            parent="orders",
            parent_key="order_id",
        ),
        Part(
            "discounts",
            (_id("line_id"), _money("amount")),
            parent="lines",
            parent_key="line_id",
            has_id=False,
        ),
        Part(
            "line_taxes",
            (_id("line_id"), _money("price"), Field("rate", Kind.RATE, required=True)),
            parent="lines",
            parent_key="line_id",
            has_id=False,
        ),
        Part(
            "shipping_lines",
            (
                *(_id(), _id("order_id"), _text("title", required=True)),
                *(_money("price"), _money("discounted_price")),
            ),
            parent="orders",
            parent_key="order_id",
        ),
        Part(
            "shipping_taxes",
            (_id("shipping_line_id"), _money("price")),
            parent="shipping_lines",
            parent_key="shipping_line_id",
            has_id=False,
        ),
        Part(
            "refunds",
            (
                *(_id(), _id("order_id"), _at("created_at")),
                *(_at("processed_at", required=False, optional=True),),
                *(_at("updated_at", required=False, optional=True),),
                _money("total_refunded", required=False, optional=True),
            ),
            parent="orders",
            parent_key="order_id",
        ),
        Part(
            "refund_lines",
            (
                *(_id(), _id("refund_id"), _id("line_id")),
                Field("quantity", Kind.COUNT, required=True),
                *(_money("subtotal"), _money("total_tax")),
                Field("restock_type", Kind.WORD, required=True),
            ),
            parent="refunds",
            parent_key="refund_id",
        ),
        Part(
            "refund_shipping",
            (_id(), _id("refund_id"), _money("subtotal"), _money("tax")),
            parent="refunds",
            parent_key="refund_id",
            optional=True,
        ),
        Part(
            "adjustments",
            (
                *(_id(), _id("refund_id"), _money("amount"), _money("tax_amount")),
                Field("kind", Kind.WORD, optional=True),
                Field("reason", Kind.WORD),
            ),
            parent="refunds",
            parent_key="refund_id",
        ),
        Part(
            "transactions",
            (
                *(_id("order_id"), _id("refund_id", required=False), _money("amount")),
                *(Field("kind", Kind.WORD, required=True), Field("status", Kind.WORD)),
            ),
            parent="orders",
            parent_key="order_id",
            has_id=False,
        ),
    ),
)

CUSTOMERS = Family(
    Part(
        "customers",
        (
            _id(),
            *(_text(name, personal=True) for name in ("email", "first_name", "last_name")),
            *(_at("created_at"), _at("updated_at")),
        ),
    )
)

PRODUCTS = Family(
    Part(
        "products",
        (
            _id(),
            *(_text(name, required=True) for name in ("title", "handle")),
            *(_text(name, required=True) for name in ("product_type", "vendor")),
            Field("status", Kind.WORD, required=True),
            *(_at("created_at"), _at("updated_at")),
        ),
    ),
    (
        Part(
            "variants",
            (
                *(_id(), _id("product_id"), _text("sku"), _text("title", required=True)),
                *(_money("price"), _at("created_at"), _at("updated_at")),
            ),
            parent="products",
            parent_key="product_id",
        ),
    ),
)

SHOP = Family(
    Part(
        "shop",
        (
            *(_id(), _text("name", required=True), _text("domain", required=True)),
            *(_text("iana_timezone", required=True), _text("currency", required=True)),
            Field("taxes_included", Kind.FLAG, required=True),
            *(_text("plan", required=True), _at("created_at")),
        ),
    )
)

# The shop comes first: its currency says how many digits amounts have.
FAMILIES: Mapping[str, Family] = {
    family.name: family for family in (SHOP, PRODUCTS, CUSTOMERS, ORDERS)
}
