"""Shopify's own report, margins and order values by hand, for the days on which they have something to say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ExpectedReport:
    """The lines of a day as Shopify's sales report dates them; discounts and returns are negative."""

    shop: str
    day: str
    by_hand: str
    orders: int
    gross_sales: str = "0"
    discounts: str = "0"
    returns: str = "0"
    net_sales: str = "0"
    shipping: str = "0"
    duties: str = "0"
    taxes: str = "0"
    tips: str = "0"
    total_sales: str = "0"


@dataclass(frozen=True)
class ExpectedMargin:
    shop: str
    day: str
    by_hand: str
    costed_sales: str = "0"
    uncosted_sales: str = "0"
    cost_of_goods: str = "0"
    shipping_cost: str = "0"
    fees: str = "0"
    ad_spend: str | None = None


REPORT = (
    ExpectedReport(
        *("ny", "2026-01-05", "80.00 + 5.00 shipping + 6.80 tax = 91.80", 1),
        gross_sales="80",
        net_sales="80",
        shipping="5",
        taxes="6.80",
        total_sales="91.80",
    ),
    ExpectedReport(
        *("ny", "2026-01-06", "unpaid orders are in the report: 100.00 - 30.00 = 70.00", 1),
        gross_sales="100",
        discounts="-30",
        net_sales="70",
        total_sales="70",
    ),
    ExpectedReport(
        *("ny", "2026-01-07", "20.00 + 35.00; a gift card sold is no sale", 2),
        gross_sales="55",
        net_sales="55",
        total_sales="55",
    ),
    ExpectedReport(
        *("ny", "2026-01-09", "returns on their own day: - 40.00 and its tax, - 4.00", 0),
        returns="-40",
        net_sales="-40",
        taxes="-4",
        total_sales="-44",
    ),
    ExpectedReport(
        *("ny", "2026-01-12", "25.00; shipping 10.00 - 10.00, tax 1.00 - 1.00", 1),
        gross_sales="25",
        net_sales="25",
        total_sales="25",
    ),
    ExpectedReport(
        *("ny", "2026-01-13", "a cancelled order and its return: 70.00 - 70.00", 1),
        gross_sales="70",
        returns="-70",
    ),
    ExpectedReport(
        *("ny", "2026-01-14", "the authorised 80.00; the test order is left out", 1),
        gross_sales="80",
        net_sales="80",
        total_sales="80",
    ),
    ExpectedReport(
        *("ny", "2026-06-04", "80.00 + 12.00 duties + 5.00 tip = 97.00", 1),
        gross_sales="80",
        net_sales="80",
        duties="12",
        tips="5",
        total_sales="97",
    ),
    ExpectedReport(
        *("ny", "2026-07-30", "- 40.00 - 4.00 goodwill - 6.00 shipping - 3.70 tax = - 53.70", 0),
        returns="-44",
        net_sales="-44",
        shipping="-6",
        taxes="-3.70",
        total_sales="-53.70",
    ),
    ExpectedReport(
        *("berlin", "2026-01-09", "60.00 - 10.00 + 6.00 - 1.00 + 11.00 tax = 66.00", 1),
        gross_sales="50",
        net_sales="50",
        shipping="5",
        taxes="11",
        total_sales="66",
    ),
    ExpectedReport(
        *("berlin", "2026-01-20", "all of it on the day it went back", 0),
        returns="-50",
        net_sales="-50",
        shipping="-5",
        taxes="-11",
        total_sales="-66",
    ),
)

MARGINS = (
    ExpectedMargin(
        *(
            "ny",
            "2026-06-12",
            "30.00 - 10.00 at (3 - 1) x 3.00; 20.00 without a known cost; "
            "12.00 dollars and 5.00 euros of ads without a rate are no sum",
        ),
        costed_sales="20",
        uncosted_sales="20",
        cost_of_goods="6",
        fees="1.75",
    ),
    ExpectedMargin(
        *("ny", "2026-06-14", "10.00 - 10.00; the part is thrown away, its 3.00 stay spent"),
        cost_of_goods="3",
    ),
    ExpectedMargin(
        *("ny", "2026-06-03", "2.04 + 1.46; a failed payment costs nothing"),
        uncosted_sales="100",
        fees="3.50",
    ),
    ExpectedMargin(
        *("ny", "2026-01-12", "shipping 10.00 charged and 10.00 given back: nothing assumed"),
        uncosted_sales="25",
    ),
    ExpectedMargin(
        *("ny", "2026-01-05", "sending is taken to cost the 5.00 that were charged for it"),
        uncosted_sales="80",
        shipping_cost="5",
    ),
)

# Shop, day, revenue per counted order, the arithmetic.
AOV = (
    ("ny", "2026-01-07", "27.50", "(20.00 + 35.00) / 2"),
    ("ny", "2024-11-03", "7.50", "(7.00 + 8.00) / 2, both at half past one"),
    ("ny", "2026-01-11", "-15.00", "30.00 - 45.00: goodwill larger than the order"),
    ("ny", "2026-06-10", "0.00", "a gift card alone is worth nothing yet"),
    ("ny", "2026-01-09", None, "no counted order, no average"),
)

# Order, line, category, units, gross, refunds, shipping, shipping refunds, cost of goods.
LINES = (
    ("ny", 40, 151, "AN fittings", 3, "30", "10", "0", "0", "6"),
    ("ny", 40, 152, "Hose", 1, "20", "0", "0", "0", "0"),
    ("ny", 40, 0, "Shipping and goodwill", 0, "0", "0", "0", "0", "0"),
    ("ny", 41, 153, "AN fittings", 1, "10", "10", "0", "0", "3"),
    ("ny", 65, 178, "Other", 2, "80", "40", "0", "0", "0"),
    ("ny", 65, 0, "Shipping and goodwill", 0, "0", "4", "6", "6", "0"),
    ("ny", 3, 103, "Gift cards", 0, "0", "0", "0", "0", "0"),
    ("berlin", 4, 104, "Other", 1, "50", "50", "0", "0", "0"),
    ("berlin", 4, 0, "Shipping and goodwill", 0, "0", "0", "5", "5", "0"),
)
