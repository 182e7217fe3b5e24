"""The three shops of the world, and what was planted into their days."""

from datetime import date, timedelta

from hotdash.simulators.orders import Incident, Shop

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
    (HOT_ROD_AN, REFUND_WAVE, 40, 0.4, "A batch of -6 hose leaked and was taken back."),
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


def planted_incidents(shop: Shop, last_closed_day: date) -> list[Incident]:
    return [
        Incident(shop.shop_id, kind, str(_day(kind, last_closed_day, ago)), factor, told)
        for planted, kind, ago, factor, told in _PLANTED
        if planted is shop
    ]


def _day(kind: str, last_closed_day: date, ago: int) -> date:
    """Support can only fail on a day it works."""
    day = last_closed_day - timedelta(days=ago)
    rests = kind == SLA_BREACHES and day.weekday() > 4
    return day - timedelta(days=day.weekday() - 4) if rests else day
