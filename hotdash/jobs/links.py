"""Which figures of a shop were found to move together, for whoever recommends: asked only where a leader just moved."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from hotdash.base.logging import get_logger
from hotdash.insights.studies.catalog import PAIRS
from hotdash.reports.studies.contract import State, StudyAnswer, StudyOfPair
from hotdash.reports.studies.pairs import answer_pairs
from hotdash.storage.appdb.repositories.signals.found import LinkSignal
from hotdash.storage.appdb.repositories.signals.reading import Reading

_COMPARED = frozenset(metric for study in PAIRS for metric in study.metrics)
_log = get_logger(__name__)


def with_links(session: Session, reading: Reading) -> Reading:
    """Comparing all pairs takes a while, and says something new only where one of them was out of the ordinary."""
    if not any(each.metric in _COMPARED for each in reading.anomalies):
        return reading
    try:
        found = answer_pairs(session, reading.shop_id, reading.now)
    except Exception:
        # What only adds a sentence holds up no recommendation.
        _log.exception("links_failed", shop_id=reading.shop_id)
        return reading
    return replace(reading, links=list(links_of(found)))


def links_of(found: Sequence[StudyAnswer]) -> Iterator[LinkSignal]:
    """The stable ones in which one comes first; what moves on the same day foretells nothing."""
    for each in found:
        pair = each.found
        if each.state is not State.LINKED or not isinstance(pair, StudyOfPair):
            continue
        if pair.link is None or not pair.link.lag:
            continue
        first, second = pair.first, pair.second
        leader, follower = (first, second) if pair.link.lag > 0 else (second, first)
        days = abs(pair.link.lag)
        yield LinkSignal(each.study.name, leader.metric, leader.title, follower.title, days)
