"""The three shops of the world, and what was planted into their days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hotdash.simulators.orders import Incident, Link, Shop

HOT_ROD_AN = Shop(
    shop_id="hot-rod-an",
    vendor_id=57_310_001,
    first_order_key=510_000_000,
    name="Hot Rod AN",
    domain="hot-rod-an.myshopify.com",
    timezone="America/Chicago",
    currency="USD",
    taxes_included=False,
    plan="Shopify",
    share=60,
    yearly_growth=0.32,
    order_prefix="HR",
    first_number=10_001,
    locale="us",
)
KANTO_GARAGE = Shop(
    shop_id="kanto-garage",
    vendor_id=57_310_002,
    first_order_key=520_000_000,
    name="Kanto Garage",
    domain="kanto-garage.myshopify.com",
    timezone="Asia/Tokyo",
    currency="JPY",
    taxes_included=False,
    plan="Basic",
    share=15,
    yearly_growth=0.18,
    order_prefix="KG",
    first_number=3_001,
    locale="jp",
)
NORDKURVE_TEILE = Shop(
    shop_id="nordkurve-teile",
    vendor_id=57_310_003,
    first_order_key=530_000_000,
    name="Nordkurve Teile",
    domain="nordkurve-teile.myshopify.com",
    timezone="Europe/Berlin",
    currency="EUR",
    taxes_included=True,
    plan="Basic",
    share=25,
    yearly_growth=0.24,
    order_prefix="NT",
    first_number=5_001,
    locale="de",
)
SHOPS: tuple[Shop, ...] = (HOT_ROD_AN, KANTO_GARAGE, NORDKURVE_TEILE)

SALES_DROP = "sales_drop"
SALES_SPIKE = "sales_spike"
REFUND_WAVE = "refund_wave"
SLA_BREACHES = "sla_breaches"
TRAFFIC_ANOMALY = "traffic_anomaly"
TRACKING_LOSS = "tracking_loss"
LATE_CARRIER = "late_carrier"
STOCK_OUT = "stock_out"

# Shop, kind, days before the end of history (negative: still to come), factor, what happened.
# The factor of a late carrier is how many days late it was, of a stock-out how many it lasted.
_PLANTED: tuple[tuple[Shop, str, int, float, str], ...] = (
    (HOT_ROD_AN, SALES_DROP, 9, 0.15, "The checkout failed for most of the day."),
    (HOT_ROD_AN, SALES_SPIKE, 24, 3.2, "A mailing about the new fuel cells went out."),
    (HOT_ROD_AN, REFUND_WAVE, 40, 0.4, "A day's parcels were packed wrongly and came back."),
    (HOT_ROD_AN, SALES_SPIKE, -12, 2.4, "Black week begins early."),
    (HOT_ROD_AN, SLA_BREACHES, 15, 3.0, "Two agents were ill and the phone system was down."),
    (KANTO_GARAGE, SALES_DROP, 16, 0.1, "The payment provider rejected cards until evening."),
    (NORDKURVE_TEILE, SALES_SPIKE, 31, 2.8, "A forum recommended the shop."),
    (HOT_ROD_AN, TRAFFIC_ANOMALY, 13, 6.0, "A crawler opened thousands of pages."),
    (NORDKURVE_TEILE, TRACKING_LOSS, 11, 0.25, "The consent banner blocked the analytics."),
    (HOT_ROD_AN, LATE_CARRIER, 20, 5.0, "A snowed-in hub held up UPS for four days."),
    (HOT_ROD_AN, STOCK_OUT, 13, 6.0, "The best seller ran out, its delivery came late."),
    (NORDKURVE_TEILE, SALES_DROP, -5, 0.2, "The theme update hid the cart button."),
)

# Of the spikes that came through one link: shop and days before the end of history.
_BROUGHT_BY: Mapping[tuple[Shop, int], Link] = {
    (HOT_ROD_AN, 24): Link("newsletter", "email", "new-fuel-cells", "/collections/fuel-systems"),
    (NORDKURVE_TEILE, 31): Link(
        *("forum.example", "referral", None, "/blogs/tech/how-to-assemble-an-fittings")
    ),
}

# What the shop's people wrote down at the time: shop, incident and its days before the end of
# history, how many days before it, kind and words of the note.
_NOTED: tuple[tuple[Shop, str, int, int, str, str], ...] = (
    (HOT_ROD_AN, SALES_DROP, 9, 0, "site_change", "New address fields in the checkout"),
    (HOT_ROD_AN, SLA_BREACHES, 15, 0, "other", "Two agents ill, the phones are down"),
    (HOT_ROD_AN, LATE_CARRIER, 20, 3, "other", "UPS warns of snow at its hub"),
    (HOT_ROD_AN, SALES_SPIKE, -12, 0, "campaign", "Offers of Black week begin"),
    (KANTO_GARAGE, SALES_DROP, 16, 0, "other", "The payment provider reports trouble with cards"),
    (NORDKURVE_TEILE, TRACKING_LOSS, 11, 1, "site_change", "New consent banner"),
    (NORDKURVE_TEILE, SALES_DROP, -5, 0, "site_change", "Update of the theme"),
)


@dataclass(frozen=True, slots=True)
class Note:
    kind: str
    day: str
    title: str


def planted_incidents(shop: Shop, last_closed_day: date) -> list[Incident]:
    return [
        Incident(
            *(shop.shop_id, kind, str(_day(kind, last_closed_day, ago)), factor, told),
            _BROUGHT_BY.get((shop, ago)) if kind == SALES_SPIKE else None,
        )
        for planted, kind, ago, factor, told in _PLANTED
        if planted is shop
    ]


def notes_of(shop: Shop, last_closed_day: date) -> list[Note]:
    return [
        Note(noted, str(_day(kind, last_closed_day, ago) - timedelta(days=before)), title)
        for at, kind, ago, before, noted, title in _NOTED
        if at is shop
    ]


def _day(kind: str, last_closed_day: date, ago: int) -> date:
    """Support can only fail on a day it works."""
    day = last_closed_day - timedelta(days=ago)
    rests = kind == SLA_BREACHES and day.weekday() > 4
    return day - timedelta(days=day.weekday() - 4) if rests else day
