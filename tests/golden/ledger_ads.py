"""A shop with ads by hand: what they cost, whom they are credited with, and what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tests.fixtures.raw_orders import Line, Order, Row, money
from tests.fixtures.touches import before, visit

SHOP = "ads"
GOOGLE = "utm_source=google&utm_medium=cpc&utm_campaign=brand"
META = "utm_source=facebook&utm_medium=paid_social&utm_campaign=spring"
MAIL = "utm_source=newsletter&utm_medium=email"


@dataclass(frozen=True)
class Sold:
    """An order, the visits before it, and the channel that last click credits."""

    order: Order
    visits: Sequence[Row]
    channel: str
    by_hand: str


@dataclass(frozen=True)
class Asked:
    """What the API is asked, and what a person answers."""

    metric: str
    first: str
    last: str
    value: str | None
    by_hand: str
    only: str | None = None


def sold(
    number: int, at: str, price: str, customer: int, channel: str, by_hand: str, *visits: Row
) -> Sold:
    return Sold(
        Order(number, at, [Line(number, price)], customer_id=customer), visits, channel, by_hand
    )


TENTH, TWELFTH, LATER = "2026-01-10T12:00Z", "2026-01-12T12:00Z", "2026-02-15T12:00Z"
SALES = (
    sold(
        *(1, TENTH, "100.00", 1, "Paid Search", "a click of the day before"),
        visit(1, before(TENTH, days=1), GOOGLE),
    ),
    sold(
        *(2, TENTH, "60.00", 2, "Paid Social", "a mail three days and an ad two days before"),
        visit(2, before(TENTH, days=3), MAIL),
        visit(3, before(TENTH, days=2), META),
    ),
    sold(
        *(3, TWELFTH, "40.00", 3, "Email", "the ad came first, the mail last"),
        visit(4, before(TWELFTH, days=2), META),
        visit(5, before(TWELFTH, days=1), MAIL),
    ),
    sold(
        *(4, TWELFTH, "200.00", 4, "Direct / None", "an ad eight days before credits nobody"),
        visit(6, before(TWELFTH, days=8), META),
    ),
    sold(5, LATER, "50.00", 1, "Direct / None", "the first customer again, without a visit"),
)

READ = tuple(date(2026, 1, day) for day in (10, 11, 12))


def campaign(day: int, name: str, cost: dict[str, object]) -> Row:
    told = {"campaign_id": 1, "campaign_name": name, "currency": "USD"}
    return {"day": date(2026, 1, day), **told, **cost}


META_DAYS = (
    campaign(10, "Spring", {"spend": money("30.00"), "purchases": 2, "purchase_value": money(140)}),
    campaign(11, "Spring", {"spend": money("10.00")}),
)
GOOGLE_DAYS = (campaign(10, "Brand", {"cost": money("20.00"), "conversions_value": money(100)}),)

WEEK, SINCE = ("2026-01-10", "2026-01-12"), ("2026-01-10", "2026-02-15")
ASKED = (
    Asked("ad_spend", *WEEK, "60.00", "30.00 + 10.00 of Meta, 20.00 of Google"),
    Asked("ad_spend", "2026-01-12", "2026-01-12", "0.00", "both were read, and had no ads"),
    Asked("ad_spend", "2026-01-13", "2026-01-13", None, "nobody has read the ads of that day"),
    Asked("ad_spend", *SINCE, None, "and so the sum with it is no sum"),
    Asked("revenue", *WEEK, "400.00", "100.00 + 60.00 + 40.00 + 200.00"),
    Asked("mer", *WEEK, "6.666667", "400.00 / 60.00"),
    Asked("mer", *SINCE, None, "450.00 / what nobody knows"),
    Asked(
        "attributed_revenue", *WEEK, "160.00", "100.00 of Google, 60.00 of Meta; mail costs nothing"
    ),
    Asked("roas", *WEEK, "2.666667", "(100.00 + 60.00) / 60.00"),
    Asked("roas", *SINCE, "2.666667", "days whose spend is not known are in neither part"),
    Asked("roas", *WEEK, "5.000000", "100.00 / 20.00", only="platform:google"),
    Asked("roas", *WEEK, "1.500000", "60.00 / (30.00 + 10.00)", only="campaign:Spring"),
    Asked("attribution_rate", *WEEK, "0.750000", "three of four orders have a source"),
    Asked("new_customers", *WEEK, "4", "four people, each for the first time"),
    Asked("cac", *WEEK, "15.00", "60.00 / 4"),
    Asked("cac", "2026-01-11", "2026-01-11", None, "10.00 and nobody new"),
    Asked("cac", *SINCE, None, "the spend of 13 January to 15 February is not known"),
    Asked("ltv_30", *WEEK, "100.00", "400.00 / 4: the fifth order came on the 36th day"),
    Asked("ltv_60", *WEEK, "112.50", "(400.00 + 50.00) / 4"),
    Asked("ltv_90", *WEEK, "112.50", "nothing more until 10 and 12 April"),
    Asked("ltv_365", *WEEK, None, "365 days are over in January 2027 only"),
    Asked("payback_days", *WEEK, "12.000000", "60.00 spent, 450.00 in 90 days: 90 x 60 / 450"),
)

# Per day, platform and campaign: orders, their revenue, what the platform claims, the gap.
CLAIMS = (
    ("2026-01-10", "google", "Brand", 1, "100.00", "100.00", "0.00"),
    # Meta claims both its purchases and 140.00; one order of 60.00 clicked its ad last.
    ("2026-01-10", "meta", "Spring", 1, "60.00", "140.00", "80.00"),
    # It cost 10.00 and neither sold nor claims anything.
    ("2026-01-11", "meta", "Spring", 0, "0.00", "0.00", "0.00"),
    # Two orders saw its ad before, but mail was last in one and eight days passed in the other.
    ("2026-01-12", "meta", "Spring", 0, "0.00", "0.00", "0.00"),
)
