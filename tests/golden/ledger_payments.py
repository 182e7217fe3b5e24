"""How orders were paid: in steps, not at all, with duties and tips, by gift card, at a cost."""

from tests.fixtures.raw_orders import Line, Order, Payment, Refund
from tests.golden.expected import Case, Expected

NY = "ny"

CASES = (
    Case(
        "sale and capture, part given back",
        NY,
        "Authorised, captured, 30.00 given back: three transactions of one order of 100.00.",
        [
            Order(
                29,
                "2026-06-01T15:00Z",
                [Line(140, "100.00")],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(2901, "2026-06-02T15:00Z", [(140, "30.00", "0")])],
                payments=[
                    Payment("AUTHORIZATION", "100.00"),
                    Payment("CAPTURE", "100.00", "3.20"),
                    Payment("REFUND", "30.00"),
                ],
            )
        ],
        Expected("2026-06-01", "100", refunds="30"),
    ),
    Case(
        "authorisation expired",
        NY,
        "Never captured: does not count.",
        [Order(30, "2026-06-01T16:00Z", [Line(141, "55.00")], "EXPIRED")],
        Expected("2026-06-01", "55", counted=False),
    ),
    Case(
        "pending",
        NY,
        "A bank deposit that has not arrived: does not count.",
        [Order(31, "2026-06-02T15:00Z", [Line(142, "66.00")], "PENDING")],
        Expected("2026-06-02", "66", counted=False),
    ),
    Case(
        "paid in two parts",
        NY,
        "60.00 and 40.00 paid one after the other are one order of 100.00; a payment failed between.",
        [
            Order(
                32,
                "2026-06-03T15:00Z",
                [Line(143, "100.00")],
                payments=[
                    Payment("SALE", "60.00", "2.04"),
                    Payment("SALE", "40.00", "9.99", status="FAILURE"),
                    Payment("SALE", "40.00", "1.46"),
                ],
            )
        ],
        Expected("2026-06-03", "100"),
    ),
    Case(
        "duties and tips",
        NY,
        "80.00 of goods, 12.00 duties, 5.00 tip: neither is revenue, both are in Shopify's total.",
        [Order(33, "2026-06-04T15:00Z", [Line(144, "80.00")], duties="12.00", tips="5.00")],
        Expected("2026-06-04", "80"),
    ),
    Case(
        "a cancelled first order",
        NY,
        "Customer 901's first order was cancelled and given back: counts nowhere.",
        [
            Order(
                34,
                "2026-06-05T15:00Z",
                [Line(145, "90.00")],
                "REFUNDED",
                customer_id=901,
                cancelled=True,
                refunds=[Refund(3401, "2026-06-05T16:00Z", [(145, "90.00", "0")])],
            )
        ],
        Expected("2026-06-05", "90", refunds="90", counted=False),
    ),
    Case(
        "a good second order",
        NY,
        "The same customer a day later, 45.00: counts, and is nobody's repeat.",
        [Order(35, "2026-06-06T15:00Z", [Line(146, "45.00")], customer_id=901)],
        Expected("2026-06-06", "45"),
    ),
    Case(
        "a first order fully given back",
        NY,
        "Customer 902: 30.00 sold and 30.00 given back; the order counts, worth nothing.",
        [
            Order(
                36,
                "2026-06-07T15:00Z",
                [Line(147, "30.00")],
                "REFUNDED",
                customer_id=902,
                refunds=[Refund(3601, "2026-06-08T15:00Z", [(147, "30.00", "0")])],
            )
        ],
        Expected("2026-06-07", "30", refunds="30"),
    ),
    Case(
        "an order after it",
        NY,
        "Customer 902 again, 50.00.",
        [Order(37, "2026-06-09T15:00Z", [Line(148, "50.00")], customer_id=902)],
        Expected("2026-06-09", "50"),
    ),
    Case(
        "a gift card and nothing else",
        NY,
        "50.00 for a gift card: a counted order without merchandise.",
        [Order(38, "2026-06-10T15:00Z", [Line(149, "50.00", gift_card=True)])],
        Expected("2026-06-10", "0", units=0),
    ),
    Case(
        "paid half by gift card",
        NY,
        "70.00, of it 35.00 by gift card: a way to pay, so 70.00.",
        [
            Order(
                39,
                "2026-06-11T15:00Z",
                [Line(150, "70.00")],
                payments=[
                    Payment("SALE", "35.00", gateway="gift_card"),
                    Payment("SALE", "35.00", "1.32"),
                ],
            )
        ],
        Expected("2026-06-11", "70"),
    ),
    Case(
        "parts that cost something",
        NY,
        "3 x 10.00 = 30.00 at a cost of 3.00 each; one comes back into stock: 10.00 less, and "
        "(3 - 1) x 3.00 = 6.00 of goods are gone. A hose of 20.00 has no known cost.",
        [
            Order(
                40,
                "2026-06-12T15:00Z",
                [Line(151, "10.00", 3, product_id=1), Line(152, "20.00", product_id=2)],
                "PARTIALLY_REFUNDED",
                refunds=[Refund(4001, "2026-06-13T15:00Z", [(151, "10.00", "0")])],
                payments=[Payment("SALE", "50.00", "1.75"), Payment("REFUND", "10.00")],
            )
        ],
        Expected("2026-06-12", "50", refunds="10", units=4),
    ),
    Case(
        "given back broken",
        NY,
        "10.00 given back for a broken part that is thrown away: its 3.00 of cost stay spent.",
        [
            Order(
                41,
                "2026-06-14T15:00Z",
                [Line(153, "10.00", product_id=1)],
                "REFUNDED",
                refunds=[
                    Refund(4101, "2026-06-14T18:00Z", [(153, "10.00", "0")], restock="NO_RESTOCK")
                ],
            )
        ],
        Expected("2026-06-14", "10", refunds="10"),
    ),
    Case(
        "a test order given back",
        NY,
        "No money moved in either direction.",
        [
            Order(
                42,
                "2026-06-15T15:00Z",
                [Line(154, "500.00")],
                "REFUNDED",
                test=True,
                refunds=[Refund(4201, "2026-06-15T16:00Z", [(154, "500.00", "0")])],
            )
        ],
        Expected("2026-06-15", "500", refunds="500", counted=False),
    ),
)
