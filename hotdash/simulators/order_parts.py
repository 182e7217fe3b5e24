"""The pieces an order is made of: lines with discount and tax, shipping, refunds of either."""

from collections.abc import Sequence
from random import Random

from hotdash.simulators.orders import (
    RATE_SCALE,
    Adjustment,
    Line,
    Refund,
    RefundLine,
    RefundShippingLine,
    ShippingLine,
    Shop,
    Variant,
)

# State and local sales tax where the shop has to collect it, parts per million.
_US_RATES = (0, 0, 0, 0, 0, 62_500, 82_500, 102_500, 66_250, 70_000)
_NATIONAL_RATE = {"jp": 100_000, "de": 190_000}
# Per locale: free from, then (title, price) by weight.
_SHIPPING: dict[str, tuple[int, tuple[tuple[str, int], ...]]] = {
    "us": (19_900, (("UPS Ground", 995), ("UPS Ground", 1495), ("UPS 2nd Day Air", 2995))),
    "jp": (15_000, (("ヤマト運輸", 880), ("佐川急便", 990), ("ヤマト運輸", 880))),
    "de": (9_900, (("DHL Paket", 590), ("DHL Paket", 590), ("DPD Express", 1490))),
}
_SEVERAL_LINES = (1,) * 45 + (2,) * 27 + (3,) * 14 + (4,) * 7 + (5,) * 3 + (6, 7, 8, 9)


def tax_rate(shop: Shop, chance: float) -> int:
    if shop.locale == "us":
        return _US_RATES[int(chance * len(_US_RATES))]
    return _NATIONAL_RATE[shop.locale]


def tax_on(shop: Shop, amount: int, rate: int) -> int:
    """The tax in an amount that includes it, or on top of one that does not; half goes up."""
    whole = RATE_SCALE + rate if shop.taxes_included else RATE_SCALE
    return (2 * amount * rate + whole) // (2 * whole)


def draw_lines(
    shop: Shop, chance: Random, pool: Sequence[Variant], base_id: int, rate: int
) -> tuple[Line, ...]:
    count = _SEVERAL_LINES[int(chance.random() * 100)]
    return draw_exactly(shop, chance, pool, base_id, rate, count)


def draw_exactly(
    shop: Shop, chance: Random, pool: Sequence[Variant], base_id: int, rate: int, count: int
) -> tuple[Line, ...]:
    draw = chance.random
    lines: list[Line] = []
    for place in range(count):
        variant = pool[int(draw() * len(pool))]
        quantity = 1 + int(draw() ** 2 * variant.most_units)
        total = variant.price * quantity
        lines.append(
            Line(
                line_id=base_id + place,
                product_id=variant.product_id,
                variant_id=variant.variant_id,
                sku=variant.sku,
                title=variant.product_title,
                quantity=quantity,
                current_quantity=quantity,
                unit_price=variant.price,
                original_total=total,
                discount_total=0,
                tax_total=tax_on(shop, total, rate) if rate else 0,
                tax_rate=rate,
            )
        )
    return tuple(lines)


def gift_card(base_id: int, amount: int) -> Line:
    return Line(
        line_id=base_id + 200,
        product_id=None,
        variant_id=None,
        sku=None,
        title="Gift Card",
        quantity=1,
        current_quantity=1,
        unit_price=amount,
        original_total=amount,
        discount_total=0,
        tax_total=0,
        tax_rate=0,
        is_gift_card=True,
    )


def discount(shop: Shop, lines: Sequence[Line], percent: int) -> None:
    """One code over the whole order, shared out to the lines."""
    for line in lines:
        line.discount_total = line.original_total * percent // 100
        net = line.original_total - line.discount_total
        line.tax_total = tax_on(shop, net, line.tax_rate)


def ship(shop: Shop, base_id: int, goods: int, rate: int, chance: float) -> ShippingLine:
    free_from, methods = _SHIPPING[shop.locale]
    title, price = methods[int(chance * len(methods))]
    waived = goods >= free_from
    paid = 0 if waived else price
    return ShippingLine(base_id, title, price, paid, tax_on(shop, paid, rate), rate)


def refund_line(line: Line, refund_line_id: int, quantity: int, restock_type: str) -> RefundLine:
    net = line.original_total - line.discount_total
    whole = quantity == line.quantity
    return RefundLine(
        refund_line_id,
        line.line_id,
        quantity,
        net if whole else net * quantity // line.quantity,
        line.tax_total if whole else line.tax_total * quantity // line.quantity,
        restock_type,
    )


def refund_shipping(line: ShippingLine, refund_id: int) -> RefundShippingLine:
    return RefundShippingLine(
        refund_id * 8, line.shipping_line_id, line.discounted_amount, line.tax_total
    )


def goodwill(refund_id: int, amount: int) -> Adjustment:
    return Adjustment(refund_id * 8, -amount, 0, "REFUND_DISCREPANCY")


def refund_total(
    shop: Shop,
    lines: Sequence[RefundLine],
    shipping_lines: Sequence[RefundShippingLine],
    adjustments: Sequence[Adjustment] = (),
) -> int:
    total = sum(line.subtotal for line in lines) + sum(line.subtotal for line in shipping_lines)
    if not shop.taxes_included:
        total += sum(line.total_tax for line in lines)
        total += sum(line.tax_amount for line in shipping_lines)
    return total - sum(part.amount + part.tax_amount for part in adjustments)


def refund(
    shop: Shop,
    refund_id: int,
    at: int,
    lines: Sequence[RefundLine] = (),
    shipping_lines: Sequence[RefundShippingLine] = (),
    adjustments: Sequence[Adjustment] = (),
    *,
    money_back: bool = True,
) -> Refund:
    total = refund_total(shop, lines, shipping_lines, adjustments) if money_back else 0
    return Refund(
        refund_id,
        at,
        at,
        total,
        tuple(lines),
        tuple(shipping_lines),
        tuple(adjustments),
    )
