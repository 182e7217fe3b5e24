"""What an order of the simulated world is: money in whole minor units, instants in epoch seconds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from hotdash.base.money import minor_digits

RATE_SCALE = 1_000_000


@dataclass(frozen=True, slots=True)
class Shop:
    shop_id: str
    vendor_id: int
    first_order_key: int
    name: str
    domain: str
    timezone: str
    currency: str
    taxes_included: bool
    plan: str
    share: int
    yearly_growth: float
    order_prefix: str
    first_number: int
    locale: str

    def money(self, minor: int) -> Decimal:
        return Decimal(minor).scaleb(-minor_digits(self.currency))


@dataclass(slots=True)
class Line:
    line_id: int
    product_id: int | None
    variant_id: int | None
    sku: str | None
    title: str
    quantity: int
    current_quantity: int
    unit_price: int
    original_total: int
    discount_total: int
    tax_total: int
    tax_rate: int
    is_gift_card: bool = False


@dataclass(slots=True)
class ShippingLine:
    shipping_line_id: int
    title: str
    original_amount: int
    discounted_amount: int
    tax_total: int
    tax_rate: int
    is_removed: bool = False


@dataclass(slots=True)
class RefundLine:
    refund_line_id: int
    line_id: int
    quantity: int
    subtotal: int
    total_tax: int
    restock_type: str


@dataclass(slots=True)
class RefundShippingLine:
    refund_shipping_line_id: int
    shipping_line_id: int
    subtotal: int
    tax_amount: int


@dataclass(slots=True)
class Adjustment:
    adjustment_id: int
    amount: int
    tax_amount: int
    reason: str


@dataclass(slots=True)
class Refund:
    refund_id: int
    created_at: int
    processed_at: int
    total_refunded: int
    lines: tuple[RefundLine, ...] = ()
    shipping_lines: tuple[RefundShippingLine, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A link that brought many at once; without a campaign it stands on somebody else's page."""

    source: str
    medium: str
    campaign: str | None
    landing_page: str


@dataclass(slots=True)
class Order:
    """One version of an order; what brought it about stands in `event`, when in `updated_at`."""

    shop: Shop
    order_id: int
    name: str
    event: str
    created_at: int
    processed_at: int
    updated_at: int
    cancelled_at: int | None
    financial_status: str
    fulfillment_status: str
    is_test: bool
    customer_id: int | None
    lines: tuple[Line, ...]
    shipping_lines: tuple[ShippingLine, ...]
    refunds: tuple[Refund, ...] = field(default=())
    fulfilled_at: int | None = None
    brought_by: Link | None = None

    @property
    def presentment_currency(self) -> str:
        crosses_the_border = self.shop.currency == "USD" and self.order_id // 1000 % 33 == 7
        return "CAD" if crosses_the_border else self.shop.currency

    @property
    def tags(self) -> list[str]:
        return ["wholesale"] if len(self.lines) > 100 else []

    @property
    def total_discounts(self) -> int:
        return sum(line.discount_total for line in self.lines)

    @property
    def total_tax(self) -> int:
        shipping = sum(line.tax_total for line in self.shipping_lines if not line.is_removed)
        return shipping + sum(line.tax_total for line in self.lines)

    @property
    def total_shipping(self) -> int:
        return sum(line.discounted_amount for line in self.shipping_lines if not line.is_removed)

    @property
    def total_price(self) -> int:
        goods = sum(line.original_total - line.discount_total for line in self.lines)
        tax = 0 if self.shop.taxes_included else self.total_tax
        return goods + self.total_shipping + tax

    @property
    def total_refunded(self) -> int:
        return sum(refund.total_refunded for refund in self.refunds)


@dataclass(slots=True)
class Customer:
    shop: Shop
    customer_id: int
    email: str | None
    first_name: str | None
    last_name: str | None
    created_at: int
    updated_at: int

    @property
    def state(self) -> str:
        return "ENABLED" if self.customer_id % 4 == 0 else "DISABLED"

    @property
    def tags(self) -> list[str]:
        return ["trade"] if self.customer_id % 20 == 0 else []

    @property
    def marketing_state(self) -> str:
        return "NOT_SUBSCRIBED" if self.marketing_updated_at is None else "SUBSCRIBED"

    @property
    def marketing_updated_at(self) -> int | None:
        return self.created_at if self.customer_id % 3 == 0 else None


@dataclass(slots=True)
class Product:
    shop: Shop
    product_id: int
    title: str
    handle: str
    product_type: str
    vendor: str
    status: str
    created_at: int
    updated_at: int
    variants: "tuple[Variant, ...]" = ()

    @property
    def tags(self) -> list[str]:
        return ["made to order"] if self.product_id % 9 == 0 else []


@dataclass(slots=True)
class Variant:
    variant_id: int
    product_id: int
    product_title: str
    sku: str | None
    title: str
    price: int
    created_at: int
    updated_at: int
    most_units: int = 1


@dataclass(frozen=True, slots=True)
class Incident:
    """Something planted on purpose, so that what should notice it can be held to it."""

    shop_id: str
    kind: str
    day: str
    factor: float
    told: str
    brought_by: Link | None = None


def epoch(instant: datetime) -> int:
    return int(instant.timestamp())


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
