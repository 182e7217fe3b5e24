"""Nights on which a day is easily taken for another, and more of the currencies without cents."""

from tests.fixtures.raw_orders import Line, Order, Refund
from tests.golden.expected import Case, Expected

NY, BERLIN, TOKYO, KUWAIT, LORD_HOWE = "ny", "berlin", "tokyo", "kuwait", "lord_howe"


def _sold(order_id: int, at: str, price: str, line_id: int, currency: str = "USD") -> Order:
    return Order(order_id, at, [Line(line_id, price)], currency=currency)


CASES = (
    Case(
        "the last second of the year",
        NY,
        "04:59:59 UTC minus 5 hours is 23:59:59 on 31 December 2025.",
        [_sold(70, "2026-01-01T04:59:59Z", "5.00", 180)],
        Expected("2025-12-31", "5"),
    ),
    Case(
        "the first second of the year",
        NY,
        "05:00:00 UTC minus 5 hours is 00:00:00 on 1 January 2026.",
        [_sold(71, "2026-01-01T05:00:00Z", "6.00", 181)],
        Expected("2026-01-01", "6"),
    ),
    Case(
        "half past one, for the first time",
        NY,
        "05:30 UTC minus 4 hours (EDT) is 01:30 on 3 November 2024.",
        [_sold(72, "2024-11-03T05:30Z", "7.00", 182)],
        Expected("2024-11-03", "7"),
    ),
    Case(
        "half past one, for the second time",
        NY,
        "An hour later, clocks went back: 06:30 UTC minus 5 hours (EST) is 01:30 again.",
        [_sold(73, "2024-11-03T06:30Z", "8.00", 183)],
        Expected("2024-11-03", "8"),
    ),
    Case(
        "the hour that is not there",
        NY,
        "07:00 UTC on 10 March 2024 minus 4 hours is 03:00, a second after 01:59:59.",
        [_sold(74, "2024-03-10T07:00Z", "9.00", 184)],
        Expected("2024-03-10", "9"),
    ),
    Case(
        "the day after the leap day",
        NY,
        "05:00 UTC on 1 March 2024 minus 5 hours is midnight: 1 March.",
        [_sold(75, "2024-03-01T05:00Z", "1.50", 185)],
        Expected("2024-03-01", "1.50"),
    ),
    Case(
        "no leap day in 2025",
        NY,
        "04:30 UTC on 1 March 2025 minus 5 hours is 23:30 on 28 February.",
        [_sold(76, "2025-03-01T04:30Z", "2.50", 186)],
        Expected("2025-02-28", "2.50"),
    ),
    Case(
        "Berlin, begin of the short day",
        BERLIN,
        "23:30 UTC plus 1 hour (CET) is 00:30 on 29 March.",
        [_sold(20, "2026-03-28T23:30Z", "10.00", 220, "EUR")],
        Expected("2026-03-29", "10"),
    ),
    Case(
        "Berlin, end of the short day",
        BERLIN,
        "Clocks went forward: 21:59:59 UTC plus 2 hours (CEST) is 23:59:59 on 29 March.",
        [_sold(21, "2026-03-29T21:59:59Z", "11.00", 221, "EUR")],
        Expected("2026-03-29", "11"),
    ),
    Case(
        "Berlin, end of the long day",
        BERLIN,
        "Clocks went back: 22:59:59 UTC plus 1 hour (CET) is 23:59:59 on 26 October 2025.",
        [_sold(22, "2025-10-26T22:59:59Z", "12.00", 222, "EUR")],
        Expected("2025-10-26", "12"),
    ),
    Case(
        "Lord Howe, summer time",
        LORD_HOWE,
        "12:59:59 UTC plus 11 hours is 23:59:59 on 4 April.",
        [_sold(1, "2026-04-04T12:59:59Z", "13.00", 301, "AUD")],
        Expected("2026-04-04", "13"),
    ),
    Case(
        "Lord Howe, clocks went back by half an hour",
        LORD_HOWE,
        "13:29:59 UTC plus 10:30 hours is 23:59:59 on 5 April.",
        [_sold(2, "2026-04-05T13:29:59Z", "14.00", 302, "AUD")],
        Expected("2026-04-05", "14"),
    ),
    Case(
        "half of a discounted line comes back",
        BERLIN,
        "2 x 60.00 - 12.00 = 108.00 charged, of it 18.00 tax: net 90.00; gross 120.00 / 1.2 = "
        "100.00, discounts 10.00. Half of it, 54.00 with 9.00 tax, is given back: 45.00.",
        [
            Order(
                23,
                "2026-02-02T12:00Z",
                [Line(223, "60.00", 2, discount="12.00", tax="18.00", rate="0.2")],
                "PARTIALLY_REFUNDED",
                currency="EUR",
                taxes_included=True,
                refunds=[Refund(2301, "2026-02-05T12:00Z", [(223, "54.00", "9.00")])],
            )
        ],
        Expected(
            "2026-02-02", "100", discounts="10", refunds="45", taxes="18", tax_refunds="9", units=2
        ),
    ),
    Case(
        "two rates of tax",
        BERLIN,
        "107.00 contain 7.00 (7%), 119.00 contain 19.00 (19%): 100.00 + 100.00 = 200.00.",
        [
            Order(
                24,
                "2026-02-03T12:00Z",
                [
                    Line(224, "107.00", tax="7.00", rate="0.07"),
                    Line(225, "119.00", tax="19.00", rate="0.19"),
                ],
                currency="EUR",
                taxes_included=True,
            )
        ],
        Expected("2026-02-03", "200", taxes="26", units=2),
    ),
    Case(
        "goodwill with its tax",
        BERLIN,
        "119.00 contain 19.00: 100.00. 10.00 goodwill and 1.90 tax with it go back.",
        [
            Order(
                25,
                "2026-02-04T12:00Z",
                [Line(226, "119.00", tax="19.00", rate="0.19")],
                "PARTIALLY_REFUNDED",
                currency="EUR",
                taxes_included=True,
                refunds=[Refund(2501, "2026-02-04T15:00Z", goodwill=("10.00", "1.90"))],
            )
        ],
        Expected("2026-02-04", "100", refunds="10", taxes="19", tax_refunds="1.90"),
    ),
    Case(
        "yen given back",
        TOKYO,
        "1100 contain 100: 1000. Half, 550 with 50 tax, comes back: 500.",
        [
            Order(
                3,
                "2026-02-01T03:00Z",
                [Line(230, "550", 2, tax="100", rate="0.1")],
                "PARTIALLY_REFUNDED",
                currency="JPY",
                taxes_included=True,
                refunds=[Refund(301, "2026-02-03T03:00Z", [(230, "550", "50")])],
            )
        ],
        Expected("2026-02-01", "1000", refunds="500", taxes="100", tax_refunds="50", units=2),
    ),
    Case(
        "dinars given back",
        KUWAIT,
        "10.500 contain 0.500: 10.000. Half, 5.250 with 0.250 tax, comes back: 5.000.",
        [
            Order(
                2,
                "2026-02-01T03:00Z",
                [Line(240, "5.250", 2, tax="0.500", rate="0.05")],
                "PARTIALLY_REFUNDED",
                currency="KWD",
                taxes_included=True,
                refunds=[Refund(201, "2026-02-03T03:00Z", [(240, "5.250", "0.250")])],
            )
        ],
        Expected("2026-02-01", "10", refunds="5", taxes="0.500", tax_refunds="0.250", units=2),
    ),
    Case(
        "one fils",
        KUWAIT,
        "0.001 stays 0.001.",
        [Order(3, "2026-02-02T03:00Z", [Line(241, "0.001")], currency="KWD", taxes_included=True)],
        Expected("2026-02-02", "0.001"),
    ),
)
