"""What became of orders afterwards: edits, exchanges, refunds in pieces, deletions."""

from tests.fixtures.raw_orders import Line, Order, Refund
from tests.golden.expected import Case, Expected

NY = "ny"

CASES = (
    Case(
        "given back in three pieces",
        NY,
        "3 x 10.00; one piece on each of three days: 10.00 + 10.00 + 10.00 = 30.00 back.",
        [
            Order(
                50,
                "2026-07-01T15:00Z",
                [Line(160, "10.00", 3)],
                "REFUNDED",
                refunds=[
                    Refund(5001, "2026-07-02T15:00Z", [(160, "10.00", "0")]),
                    Refund(5002, "2026-07-03T15:00Z", [(160, "10.00", "0")]),
                    Refund(5003, "2026-07-04T15:00Z", [(160, "10.00", "0")]),
                ],
            )
        ],
        Expected("2026-07-01", "30", refunds="30", units=3),
    ),
    Case(
        "given back in the next month",
        NY,
        "24.00 sold on 31 July, given back on 1 August; 03:59 UTC is still July in New York.",
        [
            Order(
                51,
                "2026-08-01T03:59Z",
                [Line(161, "24.00")],
                "REFUNDED",
                refunds=[Refund(5101, "2026-08-01T04:00Z", [(161, "24.00", "0")])],
            )
        ],
        Expected("2026-07-31", "24", refunds="24"),
    ),
    Case(
        "a discount on the whole order",
        NY,
        "10.00 off 30.00 + 70.00, shared by price: 3.00 + 7.00; 90.00 remain.",
        [
            Order(
                52,
                "2026-07-06T15:00Z",
                [Line(162, "30.00", discount="3.00"), Line(163, "70.00", discount="7.00")],
            )
        ],
        Expected("2026-07-06", "100", discounts="10", units=2),
    ),
    Case(
        "everything off, shipping paid",
        NY,
        "60.00 with 60.00 off; 5.00 shipping with 0.40 tax stay: 60.00 - 60.00 + 5.00 = 5.00.",
        [
            Order(
                53,
                "2026-07-07T15:00Z",
                [Line(164, "60.00", discount="60.00")],
                shipping=("5.00", "0.40"),
            )
        ],
        Expected("2026-07-07", "60", discounts="60", shipping="5", taxes="0.40"),
    ),
    Case(
        "shipping for nothing",
        NY,
        "Shipping was waived: 0.00 charged, 210.00 of goods.",
        [Order(54, "2026-07-08T15:00Z", [Line(165, "210.00")], shipping=("0.00", "0"))],
        Expected("2026-07-08", "210"),
    ),
    Case(
        "only tax given back",
        NY,
        "A reseller's exemption came late: 8.25 tax on 100.00, 8.25 given back, goods stay.",
        [
            Order(
                55,
                "2026-07-09T15:00Z",
                [Line(166, "100.00", tax="8.25", rate="0.0825")],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(5501, "2026-07-10T15:00Z", goodwill=("0", "8.25"))],
            )
        ],
        Expected("2026-07-09", "100", taxes="8.25", tax_refunds="8.25"),
    ),
    Case(
        "edited: a line was added after payment",
        NY,
        "40.00, then 15.00 more were added and paid: 55.00 on the order's day.",
        [
            Order(56, "2026-07-13T15:00Z", [Line(167, "40.00")]),
            Order(
                56,
                "2026-07-13T15:00Z",
                [Line(167, "40.00"), Line(168, "15.00")],
                updated_at="2026-07-14T09:00Z",
            ),
        ],
        Expected("2026-07-13", "55", units=2),
    ),
    Case(
        "edited: fewer pieces, told as a refund",
        NY,
        "3 x 12.00 = 36.00; one is taken off before shipping, its 12.00 go back.",
        [
            Order(57, "2026-07-15T15:00Z", [Line(169, "12.00", 3)]),
            Order(
                57,
                "2026-07-15T15:00Z",
                [Line(169, "12.00", 3)],
                "PARTIALLY_REFUNDED",
                refunds=[
                    Refund(5701, "2026-07-15T18:00Z", [(169, "12.00", "0")], restock="CANCEL")
                ],
                updated_at="2026-07-15T18:00Z",
            ),
        ],
        Expected("2026-07-15", "36", refunds="12", units=3),
    ),
    Case(
        "exchanged for a dearer one",
        NY,
        "50.00 came back, 65.00 went out: 50.00 + 65.00 = 115.00 gross, 50.00 back, 65.00 earned.",
        [
            Order(
                58,
                "2026-07-16T15:00Z",
                [Line(170, "50.00"), Line(171, "65.00")],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(5801, "2026-07-20T15:00Z", [(170, "50.00", "0")])],
            )
        ],
        Expected("2026-07-16", "115", refunds="50", units=2),
    ),
    Case(
        "deleted after it was given back",
        NY,
        "Neither the order nor its refund ever were.",
        [
            Order(
                59,
                "2026-07-17T15:00Z",
                [Line(172, "888.00")],
                "REFUNDED",
                refunds=[Refund(5901, "2026-07-18T15:00Z", [(172, "888.00", "0")])],
            )
        ],
        None,
    ),
    Case(
        "its customer was deleted",
        NY,
        "The order lost its customer and keeps its 25.00.",
        [
            Order(60, "2026-07-21T15:00Z", [Line(173, "25.00")], customer_id=903),
            Order(60, "2026-07-21T15:00Z", [Line(173, "25.00")], updated_at="2026-07-22T09:00Z"),
        ],
        Expected("2026-07-21", "25"),
    ),
    Case(
        "cancelled after it was counted",
        NY,
        "Paid on 23 July, cancelled and given back on the 24th: counts nowhere any more.",
        [
            Order(61, "2026-07-23T15:00Z", [Line(174, "48.00")]),
            Order(
                61,
                "2026-07-23T15:00Z",
                [Line(174, "48.00")],
                "REFUNDED",
                cancelled=True,
                refunds=[Refund(6101, "2026-07-24T15:00Z", [(174, "48.00", "0")])],
                updated_at="2026-07-24T15:00Z",
            ),
        ],
        Expected("2026-07-23", "48", refunds="48", counted=False),
    ),
    Case(
        "an old version that came late",
        NY,
        "The version of 26 July says 20.00, that of the 25th says 99.00 and was read after it.",
        [
            Order(62, "2026-07-25T15:00Z", [Line(175, "20.00")], updated_at="2026-07-26T09:00Z"),
            Order(62, "2026-07-25T15:00Z", [Line(175, "99.00")], updated_at="2026-07-25T15:00Z"),
        ],
        Expected("2026-07-25", "20"),
    ),
    Case(
        "one cent",
        NY,
        "0.01 stays 0.01.",
        [Order(63, "2026-07-27T15:00Z", [Line(176, "0.01")])],
        Expected("2026-07-27", "0.01"),
    ),
    Case(
        "a thousand less one",
        NY,
        "999 x 1,234.56 = 1,234,560.00 - 1,234.56 = 1,233,325.44.",
        [Order(64, "2026-07-28T15:00Z", [Line(177, "1234.56", 999)])],
        Expected("2026-07-28", "1233325.44", units=999),
    ),
    Case(
        "goods, shipping and goodwill in one refund",
        NY,
        "40.00 of 80.00, shipping 6.00 with 0.50 tax, and 4.00 goodwill: 40.00 + 4.00 = 44.00 "
        "merchandise and goodwill, 6.00 shipping, 3.20 + 0.50 = 3.70 tax.",
        [
            Order(
                65,
                "2026-07-29T15:00Z",
                [Line(178, "40.00", 2, tax="6.40", rate="0.08")],
                "PARTIALLY_REFUNDED",
                shipping=("6.00", "0.50"),
                refunds=[
                    Refund(
                        6501,
                        "2026-07-30T15:00Z",
                        [(178, "40.00", "3.20")],
                        ("6.00", "0.50"),
                        ("4.00", "0"),
                    )
                ],
            )
        ],
        Expected(
            "2026-07-29",
            "80",
            refunds="44",
            shipping="6",
            shipping_refunds="6",
            taxes="6.90",
            tax_refunds="3.70",
            units=2,
        ),
    ),
)
