"""The studies in one list: what each asks, which series it compares, and which sources and facts it rests on."""

from dataclasses import dataclass

from hotdash.base.errors import NotFoundError

AnyOf = tuple[str, ...]
"""Vendors of which one is enough."""


@dataclass(frozen=True, slots=True)
class Side:
    """A metric by day, and the vendors it comes from.

    Of what is known the first days may be too early to be judged, and the last ones too young.
    """

    metric: str
    source: AnyOf
    first_days_left_out: int = 0
    last_days_left_out: int = 0
    left_out_because: str = ""

    @property
    def left_out(self) -> str:
        ends = [
            f"the {end} {days}"
            for end, days in (
                ("first", self.first_days_left_out),
                ("last", self.last_days_left_out),
            )
            if days
        ]
        return f"{' and '.join(ends)} days are left out: {self.left_out_because}" if ends else ""


@dataclass(frozen=True, slots=True)
class Pair:
    """first is what is expected to move first; which of the two does is what is found out."""

    first: Side
    second: Side


@dataclass(frozen=True, slots=True)
class Study:
    """Without a pair it is a baseline: one rate over all shops."""

    name: str
    title: str
    question: str
    sources: tuple[AnyOf, ...]
    facts: tuple[str, ...]
    metrics: tuple[str, ...]
    pair: Pair | None
    caveat: str


def _of_two(name: str, title: str, question: str, first: Side, second: Side, caveat: str) -> Study:
    sources = tuple(dict.fromkeys([first.source, second.source]))
    metrics = first.metric, second.metric
    return Study(name, title, question, sources, (), metrics, Pair(first, second), caveat)


_SHOPIFY, _CHATWOOT, _GA4, _ADS = ("shopify",), ("chatwoot",), ("ga4",), ("meta_ads", "google_ads")
_SLA_BREACHES = Side(
    "sla_breaches",
    _CHATWOOT,
    last_days_left_out=7,
    left_out_because="a promise made in them may still be broken",
)
_ANOMALIES = Side(
    "traffic_anomalies",
    _GA4,
    first_days_left_out=13,
    last_days_left_out=2,
    left_out_because="a page is judged from its 14th day on, and Google may still change the newest",
)
_FULFILLMENT_ISSUES = Side(
    "fulfillment_issue_rate",
    _SHOPIFY,
    last_days_left_out=14,
    left_out_because="a parcel of theirs may still get into trouble",
)
_SATISFACTION = Side(
    "csat",
    _CHATWOOT,
    last_days_left_out=7,
    left_out_because="ratings of theirs may still come",
)

STUDIES: tuple[Study, ...] = (
    Study(
        name="activation",
        title="Activation baseline",
        question="Of the shops that opened their dashboard, how many acted on it within seven days?",
        sources=(),
        facts=("dashboard.session.opened",),
        metrics=("activation_rate",),
        pair=None,
        caveat="It counts the shops of this installation that you may see. Few shops make a wide "
        "range, and shops that joined together are not independent of each other.",
    ),
    _of_two(
        *("sla-anomalies", "SLA breaches and traffic anomalies"),
        "Do support promises break when landing pages lose their visitors?",
        *(_SLA_BREACHES, _ANOMALIES),
        caveat="A page counts as an anomaly for as long as its last seven days are far below the "
        "seven before, so an anomaly shows some days after it began. Breaches stand on the day "
        "their conversation was opened.",
    ),
    _of_two(
        *("inventory-fulfillment", "Inventory alerts and fulfillment issues"),
        "Do parcels get into trouble when items are about to run out?",
        *(Side("items_running_out", _SHOPIFY), _FULFILLMENT_ISSUES),
        caveat="An inventory alert is an item that will be sold out sooner than it can be refilled. "
        "Parcels stand on the day of their order. Shopify tells the stock of today only, so this "
        "grows from the first reading on.",
    ),
    _of_two(
        *("satisfaction-sales", "Satisfaction and sales"),
        "Do sales follow what customers say of support?",
        *(_SATISFACTION, Side("revenue", _SHOPIFY)),
        caveat="Days without a rating are unknown and left out. Those who rate are few and not like "
        "the rest.",
    ),
    _of_two(
        *("campaigns-stock", "Campaigns and stock-outs"),
        "Do items sell out after the shop spends more on ads?",
        *(Side("ad_spend", _ADS), Side("stock_out_rate", _SHOPIFY)),
        caveat="Spend is that of all campaigns together, by the ad account's days: nobody says "
        "which item a campaign was for. Shopify tells the stock of today only, so this grows from "
        "the first reading on.",
    ),
    _of_two(
        *("stock-conversations", "Stock-outs and conversations"),
        "Do customers write to support after items sold out?",
        *(Side("stock_out_rate", _SHOPIFY), Side("conversations", _CHATWOOT)),
        caveat="Conversations are counted whatever they are about. Shopify tells the stock of today "
        "only, so this grows from the first reading on.",
    ),
)
PAIRS = tuple(each for each in STUDIES if each.pair is not None)


def study_called(name: str) -> Study:
    for each in STUDIES:
        if each.name == name:
            return each
    raise NotFoundError(
        f"There is no study {name[:60]!r}.",
        hint=f"Choose one of {', '.join(each.name for each in STUDIES)}.",
        field="study",
    )
