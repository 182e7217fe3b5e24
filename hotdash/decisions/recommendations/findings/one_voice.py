"""Which proposals of rules speak of the same matter as an anomaly: they say what to do, it only says that something moved."""

from collections.abc import Iterator, Mapping, Sequence

from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.rules.reply import SUBJECT as WAITING_CUSTOMERS
from hotdash.storage.appdb.repositories.signals.found import AnomalySignal
from hotdash.storage.appdb.repositories.signals.reading import Reading

Spoken = tuple[Kind, str]
_ADS = ("google_ads", "meta_ads")
_SOURCES: Mapping[str, Sequence[str]] = {
    "sessions": ("ga4",),
    "conversion": ("ga4", "shopify"),
    "ad_spend": _ADS,
    "roas": (*_ADS, "shopify"),
    "organic_clicks": ("search_console",),
    "conversations": ("chatwoot",),
    "sla_breaches": ("chatwoot",),
    "first_reply_time": ("chatwoot",),
}
_STORE = ("shopify",)
_SAME_MATTER = frozenset({"page", "carrier"})
_LATE_REPLIES = frozenset({"sla_breaches", "first_reply_time"})
_CAMPAIGNS = (Kind.CUT_CAMPAIGN, Kind.RAISE_CAMPAIGN)


def spoken_of_by(reading: Reading, each: AnomalySignal) -> tuple[Spoken, ...]:
    return tuple(_spoken_of_by(reading, each))


def _spoken_of_by(reading: Reading, each: AnomalySignal) -> Iterator[Spoken]:
    for source in _SOURCES.get(each.metric, _STORE):
        yield Kind.FIX_SOURCE, f"source:{source}"
    if each.metric in _LATE_REPLIES:
        yield Kind.REPLY, WAITING_CUSTOMERS
    for dimension, part in _parts(each):
        match dimension:
            case "page":
                yield Kind.ASSIGN_PAGE, f"page:{part}"
            case "carrier":
                yield Kind.CHASE_CARRIER, f"carrier:{part}"
            case "campaign":
                for known in reading.campaigns:
                    if known.campaign == part:
                        subject = f"campaign:{known.platform}:{part}"
                        yield from ((kind, subject) for kind in _CAMPAIGNS)
            case _:
                pass


def _parts(each: AnomalySignal) -> Iterator[tuple[str, str]]:
    """Itself where it is one; of the whole the page or carrier that drives it.

    That a campaign does not pay is another matter than that visits fell when it stopped.
    """
    if each.dimension is not None and each.part_name is not None:
        yield each.dimension, each.part_name
    if each.driver is not None and each.driver[0] in _SAME_MATTER:
        yield each.driver
