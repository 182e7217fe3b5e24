"""The ledger of the shop whose prices are without tax: New York, US dollars."""

from tests.fixtures.raw_orders import Line, Order, Refund
from tests.golden.expected import Case, Expected

NY = "ny"

CASES = (
    Case(
        "plain paid order",
        NY,
        "2 x 40.00 = 80.00; shipping 5.00; tax 6.40 on the goods + 0.40 on shipping = 6.80. "
        "15:00 UTC is 10:00 in New York.",
        [
            Order(
                1,
                "2026-01-05T15:00Z",
                [Line(101, "40.00", 2, tax="6.40", rate="0.08")],
                shipping=("5.00", "0.40"),
                customer_id=900,
            )
        ],
        Expected("2026-01-05", "80", shipping="5", taxes="6.80", units=2),
    ),
    Case(
        "voided with a discount",
        NY,
        "100.00 with 30.00 off, voided: it keeps its components and counts nowhere.",
        [Order(2, "2026-01-06T15:00Z", [Line(102, "100.00", discount="30.00")], "VOIDED")],
        Expected("2026-01-06", "100", discounts="30", counted=False),
    ),
    Case(
        "gift card sold beside a part",
        NY,
        "A gift card of 50.00 is not merchandise: gross is the 20.00 part alone, one unit.",
        [
            Order(
                3,
                "2026-01-07T15:00Z",
                [Line(103, "50.00", gift_card=True), Line(104, "20.00")],
                customer_id=900,
            )
        ],
        Expected("2026-01-07", "20"),
    ),
    Case(
        "gift card redeemed",
        NY,
        "Paid with a gift card: a way to pay, not a discount. 35.00 stay 35.00.",
        [Order(4, "2026-01-07T16:00Z", [Line(105, "35.00")])],
        Expected("2026-01-07", "35"),
    ),
    Case(
        "partial refund",
        NY,
        "60.00 + 40.00 = 100.00, tax 6.00 + 4.00 = 10.00; the 40.00 line comes back with its 4.00 "
        "tax the next day.",
        [
            Order(
                5,
                "2026-01-08T15:00Z",
                [
                    Line(106, "60.00", tax="6.00", rate="0.1"),
                    Line(107, "40.00", tax="4.00", rate="0.1"),
                ],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(501, "2026-01-09T15:00Z", [(107, "40.00", "4.00")])],
            )
        ],
        Expected("2026-01-08", "100", refunds="40", taxes="10", tax_refunds="4", units=2),
    ),
    Case(
        "full refund twenty days later",
        NY,
        "100.00 sold on 10 January, 100.00 given back on 30 January (10 + 20 days).",
        [
            Order(
                6,
                "2026-01-10T15:00Z",
                [Line(108, "100.00")],
                "REFUNDED",
                refunds=[Refund(601, "2026-01-30T15:00Z", [(108, "100.00", "0")])],
            )
        ],
        Expected("2026-01-10", "100", refunds="100"),
    ),
    Case(
        "goodwill larger than the order",
        NY,
        "30.00 sold, 45.00 given as goodwill (30.00 for the goods, 15.00 on top), with 1.50 tax.",
        [
            Order(
                7,
                "2026-01-11T15:00Z",
                [Line(109, "30.00")],
                "REFUNDED",
                refunds=[Refund(701, "2026-01-11T16:00Z", goodwill=("45.00", "1.50"))],
            )
        ],
        Expected("2026-01-11", "30", refunds="45", tax_refunds="1.50"),
    ),
    Case(
        "only shipping refunded",
        NY,
        "25.00 + shipping 10.00 with 1.00 tax; the 10.00 and its 1.00 tax are given back.",
        [
            Order(
                8,
                "2026-01-12T15:00Z",
                [Line(110, "25.00")],
                "PARTIALLY_REFUNDED",
                shipping=("10.00", "1.00"),
                refunds=[Refund(801, "2026-01-12T18:00Z", shipping=("10.00", "1.00"))],
            )
        ],
        Expected(
            "2026-01-12", "25", shipping="10", shipping_refunds="10", taxes="1", tax_refunds="1"
        ),
    ),
    Case(
        "cancelled and refunded",
        NY,
        "Cancelled: counts nowhere, and neither does what was given back.",
        [
            Order(
                9,
                "2026-01-13T15:00Z",
                [Line(111, "70.00")],
                "REFUNDED",
                cancelled=True,
                refunds=[Refund(901, "2026-01-13T16:00Z", [(111, "70.00", "0")])],
            )
        ],
        Expected("2026-01-13", "70", refunds="70", counted=False),
    ),
    Case(
        "test order",
        NY,
        "Paid through a gateway in test mode: no money ever moved.",
        [Order(10, "2026-01-14T15:00Z", [Line(112, "500.00")], test=True)],
        Expected("2026-01-14", "500", counted=False),
    ),
    Case(
        "authorised, not yet paid",
        NY,
        "Authorised only: does not count.",
        [Order(11, "2026-01-14T15:30Z", [Line(113, "80.00")], "AUTHORIZED")],
        Expected("2026-01-14", "80", counted=False),
    ),
    Case(
        "03:30 UTC, at a month's end",
        NY,
        "03:30 UTC minus 5 hours is 22:30 on the day before: 31 January, not 1 February.",
        [Order(12, "2026-02-01T03:30Z", [Line(114, "11.00")])],
        Expected("2026-01-31", "11"),
    ),
    Case(
        "last second before the spring night",
        NY,
        "04:59:59 UTC minus 5 hours (EST) is 23:59:59 on 7 March.",
        [Order(13, "2026-03-08T04:59:59Z", [Line(115, "1.00")])],
        Expected("2026-03-07", "1"),
    ),
    Case(
        "last second of the short day in spring",
        NY,
        "Clocks went forward at 2:00: 03:59:59 UTC minus 4 hours (EDT) is 23:59:59 on 8 March.",
        [Order(14, "2026-03-09T03:59:59Z", [Line(116, "2.00")])],
        Expected("2026-03-08", "2"),
    ),
    Case(
        "first second of the long day in autumn",
        NY,
        "04:00:00 UTC minus 4 hours (EDT) is 00:00:00 on 2 November.",
        [Order(15, "2025-11-02T04:00:00Z", [Line(117, "3.00")])],
        Expected("2025-11-02", "3"),
    ),
    Case(
        "last second of the long day in autumn",
        NY,
        "Clocks went back at 2:00: 04:59:59 UTC minus 5 hours (EST) is 23:59:59 on 2 November.",
        [Order(16, "2025-11-03T04:59:59Z", [Line(118, "4.00")])],
        Expected("2025-11-02", "4"),
    ),
    Case(
        "leap day",
        NY,
        "04:30 UTC on 1 March 2024 minus 5 hours is 23:30 on 29 February.",
        [Order(17, "2024-03-01T04:30Z", [Line(119, "29.00")])],
        Expected("2024-02-29", "29"),
    ),
    Case(
        "edited: a line was taken off",
        NY,
        "70.00 + 30.00, then the 30.00 line was removed before anything shipped: 70.00 remain.",
        [
            Order(18, "2026-02-10T15:00Z", [Line(120, "70.00"), Line(121, "30.00")]),
            Order(18, "2026-02-10T15:00Z", [Line(120, "70.00")], updated_at="2026-02-11T09:00Z"),
        ],
        Expected("2026-02-10", "70"),
    ),
    Case(
        "moved to another day",
        NY,
        "Paid on 12 February, then its processed_at was corrected to 13 February.",
        [
            Order(19, "2026-02-12T15:00Z", [Line(122, "19.00")]),
            Order(19, "2026-02-13T15:00Z", [Line(122, "19.00")], updated_at="2026-02-14T09:00Z"),
        ],
        Expected("2026-02-13", "19"),
    ),
    Case(
        "exchange",
        NY,
        "50.00 came back (50.00 refunded), a second 50.00 part went out: 100.00 gross, 50.00 back.",
        [
            Order(
                20,
                "2026-02-16T15:00Z",
                [Line(123, "50.00"), Line(124, "50.00")],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(2001, "2026-02-18T15:00Z", [(123, "50.00", "0")])],
            )
        ],
        Expected("2026-02-16", "100", refunds="50", units=2),
    ),
    Case(
        "a guest",
        NY,
        "No customer: a buyer of his own.",
        [Order(21, "2026-02-20T15:00Z", [Line(125, "21.00")])],
        Expected("2026-02-20", "21"),
    ),
    Case(
        "another guest",
        NY,
        "No customer either: another buyer, not the first one returning.",
        [Order(22, "2026-02-21T15:00Z", [Line(126, "22.00")])],
        Expected("2026-02-21", "22"),
    ),
    Case(
        "partially paid while such orders do not count",
        NY,
        "The policy begins on 1 May; on 30 April a deposit does not make a counted order.",
        [Order(23, "2026-04-30T15:00Z", [Line(127, "60.00")], "PARTIALLY_PAID")],
        Expected("2026-04-30", "60", counted=False),
    ),
    Case(
        "partially paid while such orders count",
        NY,
        "On 1 May the policy holds: the whole 60.00 count.",
        [Order(24, "2026-05-01T15:00Z", [Line(128, "60.00")], "PARTIALLY_PAID")],
        Expected("2026-05-01", "60"),
    ),
    Case(
        "paid in another currency",
        NY,
        "The buyer saw euros; the shop's money is 44.00 dollars.",
        [Order(25, "2026-05-04T15:00Z", [Line(129, "44.00")], presentment="EUR")],
        Expected("2026-05-04", "44"),
    ),
    Case(
        "a gift card given back",
        NY,
        "20.00 part + 50.00 gift card; the card is returned: no merchandise came back.",
        [
            Order(
                26,
                "2026-05-05T15:00Z",
                [Line(130, "20.00"), Line(131, "50.00", gift_card=True)],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(2601, "2026-05-06T15:00Z", [(131, "50.00", "0")])],
            )
        ],
        Expected("2026-05-05", "20"),
    ),
    Case(
        "deleted at the vendor",
        NY,
        "Somebody deleted it: it never was.",
        [Order(27, "2026-05-07T15:00Z", [Line(132, "999.00")])],
        None,
    ),
    Case(
        "zero order",
        NY,
        "A sample for 0.00: a counted order worth nothing.",
        [Order(28, "2026-05-08T15:00Z", [Line(133, "0.00")])],
        Expected("2026-05-08", "0"),
    ),
)
