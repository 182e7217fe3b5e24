"""Which series are watched, what splits them, and what may drive them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watched:
    """by: the dimension whose parts have series of their own; a ratio names what is divided by what.

    out_of is the metric whose number makes a share restless where it is small; where that is usually
    below the least, the shop has too few of them for a day to say anything.
    """

    metric: str
    by: str | None = None
    drivers: tuple[str, ...] = ()
    ratio_of: tuple[str, str] | None = None
    is_wanted_steady: bool = False
    """More than expected is no better than less: a campaign that stopped, a crawler."""
    out_of: str | None = None
    least_out_of: float = 0.0
    least_of_part: float = 0.0
    """A part that is usually smaller is too small to be told apart."""


WATCHED: Sequence[Watched] = (
    Watched(
        "revenue", "category", ("product", "category", "country", "segment"), least_of_part=500
    ),
    Watched("orders", None, ("country", "segment")),
    Watched("aov", None, ("segment", "country"), ("revenue", "orders")),
    Watched("units", None, ("product", "category")),
    Watched("new_customers", None, ("country",)),
    Watched("refunds", None, ("product", "category")),
    Watched(
        "sessions",
        "channel_group",
        ("page", "channel_group", "campaign"),
        is_wanted_steady=True,
        least_of_part=20,
    ),
    Watched("conversion", out_of="sessions", least_out_of=20),
    Watched(
        "ad_spend", "campaign", ("campaign", "platform"), is_wanted_steady=True, least_of_part=5
    ),
    Watched(
        "roas",
        None,
        ("campaign", "platform"),
        ("attributed_revenue", "ad_spend"),
        out_of="orders",
        least_out_of=10,
    ),
    Watched("organic_clicks"),
    Watched("conversations", "channel", ("channel", "priority"), least_of_part=10),
    Watched("sla_breaches", None, ("channel", "priority")),
    Watched("first_reply_time"),
    Watched("on_time_rate", None, ("carrier",), out_of="orders", least_out_of=5),
)
METRICS = tuple(each.metric for each in WATCHED)

LABELS: Mapping[str, tuple[str, ...]] = {
    "orders": ("orders", "new_customers", "units", "revenue", "conversion"),
    "revenue": ("revenue", "aov", "units", "orders", "conversion"),
    "units": ("units",),
    "spend_meta": ("ad_spend", "roas"),
    "spend_google": ("ad_spend", "roas"),
    "sessions": ("sessions", "conversion"),
    "search_clicks": ("organic_clicks",),
    "conversations": ("conversations", "sla_breaches", "first_reply_time"),
}
"""Incidents are labelled by the series of the quality checks: what of these metrics they bend."""

PARTS_OF_A_YEN = 100
"""A yen is a hundredth of other money: what is small in money is so much more of it."""


def watched(metric: str) -> Watched:
    return next(each for each in WATCHED if each.metric == metric)
