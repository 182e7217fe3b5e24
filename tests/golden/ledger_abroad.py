"""The ledgers of the shops whose prices contain tax: euros, yen, and dinars of three digits."""

from tests.fixtures.raw_orders import Line, Order, Refund
from tests.golden.expected import Case, Expected

BERLIN, TOKYO, KUWAIT = "berlin", "tokyo", "kuwait"

CASES = (
    Case(
        "the same order id as in New York",
        BERLIN,
        "Order 1 of another shop. 120.00 contain 20.00 tax: 120.00 - 20.00 = 100.00 gross.",
        [
            Order(
                1,
                "2026-01-05T15:00Z",
                [Line(101, "120.00", tax="20.00", rate="0.2")],
                currency="EUR",
                taxes_included=True,
                customer_id=900,
            )
        ],
        Expected("2026-01-05", "100", taxes="20"),
    ),
    Case(
        "everything discounted",
        BERLIN,
        "120.00 with 120.00 off: gross 120.00 / 1.2 = 100.00, discounts 100.00, nothing left.",
        [
            Order(
                2,
                "2026-01-06T15:00Z",
                [Line(102, "120.00", discount="120.00", tax="0", rate="0.2")],
                currency="EUR",
                taxes_included=True,
            )
        ],
        Expected("2026-01-06", "100", discounts="100"),
    ),
    Case(
        "a tenth off",
        BERLIN,
        "120.00 - 12.00 = 108.00 charged, of it 108 / 6 = 18.00 tax, net 90.00; "
        "gross 120.00 / 1.2 = 100.00; discounts 100.00 - 90.00 = 10.00.",
        [
            Order(
                3,
                "2026-01-07T15:00Z",
                [Line(103, "120.00", discount="12.00", tax="18.00", rate="0.2")],
                currency="EUR",
                taxes_included=True,
            )
        ],
        Expected("2026-01-07", "100", discounts="10", taxes="18"),
    ),
    Case(
        "goods and shipping given back",
        BERLIN,
        "60.00 contain 10.00: gross 50.00; shipping 6.00 contain 1.00: 5.00; taxes 10 + 1 = 11. "
        "All of it comes back: 50.00, 5.00 and 11.00.",
        [
            Order(
                4,
                "2026-01-08T23:30Z",
                [Line(104, "60.00", tax="10.00", rate="0.2")],
                "REFUNDED",
                currency="EUR",
                taxes_included=True,
                shipping=("6.00", "1.00"),
                refunds=[
                    Refund(401, "2026-01-20T12:00Z", [(104, "60.00", "10.00")], ("6.00", "1.00"))
                ],
            )
        ],
        Expected(
            "2026-01-09",
            "50",
            refunds="50",
            shipping="5",
            shipping_refunds="5",
            taxes="11",
            tax_refunds="11",
        ),
    ),
    Case(
        "half a cent",
        BERLIN,
        "0.03 with 0.01 off at 20%: 0.02 charged, tax 0.00, net 0.02; gross 0.03 / 1.2 = 0.025, "
        "halves go up: 0.03; discounts 0.03 - 0.02 = 0.01.",
        [
            Order(
                5,
                "2026-01-12T15:00Z",
                [Line(105, "0.03", discount="0.01", tax="0.00", rate="0.2")],
                currency="EUR",
                taxes_included=True,
            )
        ],
        Expected("2026-01-12", "0.03", discounts="0.01"),
    ),
    Case(
        "yen have no minor unit",
        TOKYO,
        "1100 - 100 = 1000 charged, of it 1000 / 11 = 90.9 = 91 tax, net 909; "
        "gross 1100 / 1.1 = 1000; discounts 1000 - 909 = 91. 15:00 UTC is midnight: 6 January.",
        [
            Order(
                1,
                "2026-01-05T15:00Z",
                [Line(101, "1100", discount="100", tax="91", rate="0.1")],
                currency="JPY",
                taxes_included=True,
            )
        ],
        Expected("2026-01-06", "1000", discounts="91", taxes="91"),
    ),
    Case(
        "yen round to whole ones",
        TOKYO,
        "1000 - 1000 = 0 charged; gross 1000 / 1.1 = 909.09 = 909; discounts 909 - 0 = 909.",
        [
            Order(
                2,
                "2026-01-07T14:59Z",
                [Line(102, "1000", discount="1000", tax="0", rate="0.1")],
                currency="JPY",
                taxes_included=True,
            )
        ],
        Expected("2026-01-07", "909", discounts="909"),
    ),
    Case(
        "dinars have three digits",
        KUWAIT,
        "7.777 - 0.777 = 7.000 charged, tax 7.000 / 21 = 0.333, net 6.667; "
        "gross 7.777 / 1.05 = 7.40666 = 7.407; discounts 7.407 - 6.667 = 0.740.",
        [
            Order(
                1,
                "2026-01-05T15:00Z",
                [Line(101, "7.777", discount="0.777", tax="0.333", rate="0.05")],
                currency="KWD",
                taxes_included=True,
            )
        ],
        Expected("2026-01-05", "7.407", discounts="0.740", taxes="0.333"),
    ),
)
