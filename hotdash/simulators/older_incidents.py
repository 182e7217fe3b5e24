"""Incidents of the two years before the planted ones: for whoever measures what notices them.

The world of demo and tests does without them; `World(..., with_older_incidents=True)` has them too.
"""

from datetime import date, timedelta

from hotdash.simulators.orders import Incident, Shop
from hotdash.simulators.shop_profiles import (
    HOT_ROD_AN,
    KANTO_GARAGE,
    NORDKURVE_TEILE,
    SALES_DROP,
    SALES_SPIKE,
    TRACKING_LOSS,
    TRAFFIC_ANOMALY,
)

# Shop, kind, days before the end of history, factor, what happened.
_OLDER: tuple[tuple[Shop, str, int, float, str], ...] = (
    (HOT_ROD_AN, SALES_SPIKE, 655, 2.9, "A race team named the shop."),
    (HOT_ROD_AN, SALES_DROP, 611, 0.2, "The domain had run out for half a day."),
    (HOT_ROD_AN, TRACKING_LOSS, 560, 0.2, "A theme update lost the analytics tag."),
    (HOT_ROD_AN, SALES_DROP, 498, 0.3, "One payment method was switched off."),
    (HOT_ROD_AN, TRAFFIC_ANOMALY, 441, 5.0, "A price comparison read the whole catalogue."),
    (HOT_ROD_AN, SALES_SPIKE, 377, 2.6, "A clearance of old fittings."),
    (HOT_ROD_AN, SALES_DROP, 300, 0.1, "The hosting was down from morning to night."),
    (HOT_ROD_AN, TRACKING_LOSS, 233, 0.3, "Consent was asked for twice and given once."),
    (HOT_ROD_AN, SALES_DROP, 142, 0.25, "Shipping rates could not be computed."),
    (HOT_ROD_AN, TRAFFIC_ANOMALY, 88, 4.0, "A crawler ignored the rules."),
    (KANTO_GARAGE, SALES_DROP, 633, 0.0, "The shop was closed by mistake."),
    (KANTO_GARAGE, SALES_SPIKE, 520, 3.4, "A video about a build named every part."),
    (KANTO_GARAGE, TRACKING_LOSS, 402, 0.1, "The tag sent to another property."),
    (KANTO_GARAGE, SALES_DROP, 279, 0.15, "A typhoon closed the warehouse; orders were stopped."),
    (KANTO_GARAGE, TRAFFIC_ANOMALY, 171, 6.0, "A crawler opened thousands of pages."),
    (KANTO_GARAGE, SALES_SPIKE, 95, 3.0, "A rival went out of business."),
    (NORDKURVE_TEILE, SALES_DROP, 642, 0.2, "The cart lost its contents."),
    (NORDKURVE_TEILE, TRAFFIC_ANOMALY, 577, 5.0, "A test of load ran against the live shop."),
    (NORDKURVE_TEILE, SALES_SPIKE, 466, 2.7, "A magazine tested the brake lines."),
    (NORDKURVE_TEILE, SALES_DROP, 351, 0.1, "The certificate had run out."),
    (NORDKURVE_TEILE, TRACKING_LOSS, 262, 0.25, "A consent banner without a button."),
    (NORDKURVE_TEILE, SALES_DROP, 187, 0.3, "The voucher field refused every order with one."),
    (NORDKURVE_TEILE, SALES_SPIKE, 104, 2.5, "A forum recommended the shop."),
)


def older_incidents(shop: Shop, last_closed_day: date) -> list[Incident]:
    return [
        Incident(shop.shop_id, kind, str(last_closed_day - timedelta(days=ago)), factor, told)
        for struck, kind, ago, factor, told in _OLDER
        if struck is shop
    ]
