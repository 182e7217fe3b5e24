"""After a publication: what is worth deciding now, what no longer is, and what came of what was decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, local_day
from hotdash.base.logging import get_logger
from hotdash.decisions.recommendations import outcomes
from hotdash.decisions.recommendations.contract import Kind, Recommender
from hotdash.decisions.recommendations.findings.look_into import answered_elsewhere
from hotdash.decisions.recommendations.registry import RECOMMENDERS
from hotdash.decisions.recommendations.settle import Proposed, Settled, settle
from hotdash.jobs.learn import adviser_of, learn
from hotdash.jobs.links import with_links
from hotdash.pipeline.durable import Detail
from hotdash.storage.appdb.repositories import recommendations as kept
from hotdash.storage.appdb.repositories.decisions import add_outcomes, left_alone, measurable
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.repositories.signals.reading import Reading, load_reading
from hotdash.storage.appdb.session import Database

_log = get_logger(__name__)


def recommend_step(shop_id: str) -> str:
    return f"recommend {shop_id}"


def recommend(
    database: Database,
    shop_id: str,
    clock: Clock,
    stale_after: Mapping[str, timedelta],
    recommenders: Sequence[Recommender] = RECOMMENDERS,
) -> Detail:
    """One transaction: whoever dies in it has recommended nothing, and the next one does it all."""
    now = clock.now()
    with database.jobs() as session:
        kept.lock_recommendations(session, shop_id)
        decided = outcomes.due(measurable(session, shop_id, kept.ANSWERED), now)
        watched = outcomes.watched(decided)
        with database.snapshot() as seen:
            reading = load_reading(seen, shop_id, now, stale_after=stale_after, watched=watched)
            reading = with_links(seen, reading)
        known = kept.newest_by_subject(session, shop_id)
        settled = _settled(session, reading, known, recommenders, now)
        _store(session, shop_id, settled, known)
        alone = outcomes.LeftAlone.of(left_alone(session, shop_id))
        measured = [
            told
            for each in decided
            if (told := outcomes.outcome_of(each, reading, recommenders, now, alone)) is not None
        ]
        add_outcomes(session, shop_id, measured)
    told = {
        "opened": len(settled.opened),
        "kept": len(settled.kept),
        "expired": len(settled.expired),
        "outcomes": len(measured),
    }
    _log.info("recommended", shop_id=shop_id, **told)
    return told


def _settled(
    session: Session,
    reading: Reading,
    known: Sequence[kept.RecommendationRecord],
    recommenders: Sequence[Recommender],
    now: datetime,
) -> Settled:
    proposed: list[Proposed] = []
    judged: set[Kind] = set()
    unheard: set[Kind] = set()
    for recommender in recommenders:
        told = _heard(recommender, reading, now)
        kinds = judged if told is not None else unheard
        kinds |= recommender.judges(reading)
        proposed += told or ()
    shop_id = reading.shop_id
    by_key = {(record.kind, record.subject): record for record in known}
    timezone = get_shop(session, shop_id).timezone
    begun = kept.periods_of(session, shop_id, local_day(now, timezone))
    return settle(
        *(reading, by_key, begun, proposed, judged - unheard, now),
        times=kept.times_asked(session, shop_id),
        adviser=adviser_of(learn(session, shop_id, now), shop_id, now, timezone),
        elsewhere=answered_elsewhere(reading),
    )


def _heard(recommender: Recommender, reading: Reading, now: datetime) -> list[Proposed] | None:
    """One that stumbles holds up nobody: what it had asked stays, and its log says why."""
    try:
        return [Proposed(recommender.name, each) for each in recommender.propose(reading, now)]
    except Exception:
        _log.exception("recommender_failed", shop_id=reading.shop_id, name=recommender.name)
        return None


def _store(
    session: Session,
    shop_id: str,
    settled: Settled,
    known: Sequence[kept.RecommendationRecord],
) -> None:
    """What somebody answered in this very moment is left as they answered it, and what was to follow waits."""
    read = {record.recommendation_id: record for record in known}
    answered = [
        record
        for record in (*settled.expired, *settled.kept)
        if not kept.update_asked(session, record, read[record.recommendation_id])
    ]
    said = {(each.kind, each.subject) for each in answered}
    waits = [each for each in settled.opened if (each.kind, each.subject) in said]
    kept.add_recommendations(session, [each for each in settled.opened if each not in waits])
    untold = {each.recommendation_id for each in (*answered, *waits)}
    events = [each for each in settled.events if each.recommendation_id not in untold]
    kept.add_recommendation_events(session, shop_id, events)
