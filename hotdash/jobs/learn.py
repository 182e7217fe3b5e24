"""Work a shop's model out of the log of its answers, and do to it what its owner asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, local_day
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.decisions.recommendations.learning import card
from hotdash.decisions.recommendations.learning.adviser import LearnedAdviser
from hotdash.decisions.recommendations.learning.card import Lessons
from hotdash.decisions.recommendations.learning.prior import (
    BUILT_IN,
    FEWEST_ANSWERS,
    Prior,
    shared_prior,
)
from hotdash.decisions.recommendations.learning.replay import (
    Answered,
    Learned,
    Said,
    Switches,
    Worked,
    replay,
)
from hotdash.decisions.recommendations.ranking import SHOWN_ON_TODAY
from hotdash.storage.appdb.repositories import audit, recommender
from hotdash.storage.appdb.repositories.recommendations import lock_recommendations
from hotdash.storage.appdb.repositories.recommender import (
    ADOPTED,
    FROZEN,
    RESET,
    UNFROZEN,
    LoggedAnswer,
    RecommenderEventRecord,
)
from hotdash.storage.appdb.session import Database

ACTOR = "recommendations"
LOOKS_AT_OTHERS_EVERY = timedelta(days=7)
ACTIONS = {each: f"recommendations.model.{each}" for each in (RESET, FROZEN, UNFROZEN)}
"""As the audit log calls what an owner does to the model."""
_CALLED = {"reset": RESET, "freeze": FROZEN, "unfreeze": UNFROZEN}
# What is kept with an approval beside what was changed before it.
_NO_EDITS = frozenset({"assignment", "assignee", "landing_page"})


class ModelError(HotdashError):
    code = "invalid_change"


def learn(session: Session, shop_id: str, now: datetime) -> Learned:
    """As the job role: of other shops only sums are asked. Whoever is frozen stays as it is."""
    events = recommender.recommender_events(session, shop_id)
    adopted = _adopted(session, shop_id, events, now)
    if adopted is not None:
        recommender.add_recommender_event(session, adopted)
        events = [*events, adopted]
    return _save(session, shop_id, events, now)


def adviser_of(learned: Learned, shop_id: str, at: datetime, timezone: str) -> LearnedAdviser:
    return LearnedAdviser(learned, shop_id, local_day(at, timezone))


def event_called(change: str) -> str:
    if change not in _CALLED:
        raise ModelError(
            f"{change[:40]!r} cannot be done to a model.",
            hint=f"What can is {', '.join(_CALLED)}.",
            field="change",
        )
    return _CALLED[change]


def change_model(database: Database, shop_id: str, event: str, actor: str, clock: Clock) -> None:
    """Reset, freeze or unfreeze: kept for good, audited, and true of the model at once."""
    at = clock.now()
    with database.jobs() as session:
        lock_recommendations(session, shop_id)
        events = recommender.recommender_events(session, shop_id)
        _require_other(events, event)
        record = RecommenderEventRecord(shop_id, at, event, actor)
        recommender.add_recommender_event(session, record)
        learned = _save(session, shop_id, [*events, record], at)
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=ACTIONS[event],
            subject="recommender",
            at=at,
            detail={"answers": learned.answers},
        )


def lessons_of(session: Session, shop_id: str, events: Sequence[RecommenderEventRecord]) -> Lessons:
    answers = [answered_of(each) for each in recommender.logged_answers(session, shop_id)]
    outcomes = [
        Worked(each.measured_at, str(each.decision_id), each.context, each.worked)
        for each in recommender.logged_outcomes(session, shop_id)
        if each.is_approved and each.context and each.worked is not None
    ]
    return Lessons(
        [each for each in answers if each is not None],
        outcomes,
        _prior(events),
        switches_of(events),
    )


def answered_of(logged: LoggedAnswer) -> Answered | None:
    """None for what passed by itself further down, where nobody need have seen it, and for what a program proposed."""
    if logged.is_ignored and (logged.rank is None or logged.rank > SHOWN_ON_TODAY):
        return None
    detail = logged.detail
    if not detail["context"]:
        return None
    foretold = detail.get("foretold")
    return Answered(
        logged.at,
        str(logged.key),
        said_of(logged),
        detail["context"],
        None if foretold is None else float(foretold),
        bool(detail.get("trial")),
    )


def said_of(logged: LoggedAnswer) -> Said:
    detail = logged.detail
    if logged.is_ignored:
        return Said.IGNORED
    if detail["status"] == Said.REJECTED:
        return Said.REJECTED
    options, option = detail.get("options") or (), detail.get("option")
    is_other = option is not None and bool(options) and option != options[0].get("option")
    changed = set(detail.get("edits") or ()) - _NO_EDITS
    return Said.EDITED if is_other or changed else Said.APPROVED


def switches_of(events: Sequence[RecommenderEventRecord]) -> Switches:
    since, spans, open_since = None, list[tuple[datetime, datetime | None]](), None
    for each in events:
        if each.event == RESET:
            since = each.at
        elif each.event == FROZEN:
            open_since = each.at
        elif each.event == UNFROZEN and open_since is not None:
            spans.append((open_since, each.at))
            open_since = None
    if open_since is not None:
        spans.append((open_since, None))
    return Switches(since, spans)


def _save(
    session: Session, shop_id: str, events: Sequence[RecommenderEventRecord], now: datetime
) -> Learned:
    """Only what differs is written, so that the moment beside it is when it changed."""
    lessons = lessons_of(session, shop_id, events)
    learned = replay(lessons.answers, lessons.outcomes, lessons.prior, lessons.switches)
    made = recommender.ModelRecord(
        shop_id,
        now,
        learned.answers,
        card.card_of(learned, lessons),
        card.model_of(learned, lessons),
        card.sums_document(learned.liked.sums()),
    )
    known = recommender.find_model(session, shop_id)
    if known is None or (known.card, known.model) != (made.card, made.model):
        recommender.save_model(session, made)
    return learned


def _adopted(
    session: Session, shop_id: str, events: Sequence[RecommenderEventRecord], now: datetime
) -> RecommenderEventRecord | None:
    """What the others have in common by now, at most once a week and never while frozen."""
    if switches_of(events).frozen_since is not None:
        return None
    last = next((each for each in reversed(events) if each.event in (ADOPTED, RESET)), None)
    if last is not None and last.event == ADOPTED and now < last.at + LOOKS_AT_OTHERS_EVERY:
        return None
    others = recommender.sums_of_others(session, shop_id, FEWEST_ANSWERS)
    prior = shared_prior(card.sums_from(each) for each in others)
    if prior == _prior(events):
        return None
    return RecommenderEventRecord(shop_id, now, ADOPTED, ACTOR, card.prior_document(prior))


def _prior(events: Sequence[RecommenderEventRecord]) -> Prior:
    """What was adopted last; a reset keeps it: it holds no answer of this shop."""
    found = next((each for each in reversed(events) if each.event == ADOPTED), None)
    return BUILT_IN if found is None else card.prior_from(found.detail)


def _require_other(events: Sequence[RecommenderEventRecord], event: str) -> None:
    is_frozen = switches_of(events).frozen_since is not None
    if (event == FROZEN and is_frozen) or (event == UNFROZEN and not is_frozen):
        raise ConflictError(
            "The model is frozen already." if is_frozen else "The model is not frozen.",
            hint="Look at its card: `hotdash recommendations model`.",
            field="model",
        )
