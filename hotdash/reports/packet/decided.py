"""What people decided in the week and what came of what they decided, without saying who."""

from hotdash.decisions.log import SEEN_WITH
from hotdash.reports.packet import words
from hotdash.reports.packet.asking import Asking
from hotdash.reports.packet.contract import Decided, Decisions
from hotdash.storage.appdb.repositories.decisions import (
    DecisionRecord,
    OutcomeRecord,
    Wanted,
    find_decision,
    list_decisions,
    outcomes_of,
)
from hotdash.storage.appdb.repositories.week_figures import Span, outcomes_measured

MOST = 12
# Whoever may see the packet may see everything in it.
_HIDDEN = frozenset(scope.value for scope in SEEN_WITH)
_READ_AT_MOST = 1000


def decisions(asking: Asking) -> Decisions:
    wanted = Wanted(since=asking.since, until=asking.until, hidden=_HIDDEN)
    span = Span(asking.shop_id, asking.since, asking.until)
    url = asking.page("/decisions")
    with asking.recorder.recording("decisions", "Decisions of the week", url) as query:
        made = list_decisions(asking.session, asking.shop_id, wanted=wanted, limit=_READ_AT_MOST)
        outcomes = outcomes_of(
            asking.session, asking.shop_id, sorted(each.decision_id for each in made)
        )
        measured = outcomes_measured(asking.session, span)
    known = {key: each for key, each in outcomes.items() if each.measured_at <= asking.as_of}
    of_week = {each.decision_id for each in made}
    later = [
        (before, each)
        for each in measured
        if each.decision_id not in of_week and (before := _decision(asking, each)) is not None
    ]
    return Decisions(
        made=tuple(_told(each, known.get(each.decision_id)) for each in made[:MOST]),
        measured=tuple(_told(*each) for each in later[:MOST]),
        total=len(made),
        query=query,
    )


def _decision(asking: Asking, outcome: OutcomeRecord) -> DecisionRecord | None:
    found = find_decision(asking.session, asking.shop_id, outcome.decision_id)
    return None if found is None or found.scope in _HIDDEN else found


def _told(decision: DecisionRecord, outcome: OutcomeRecord | None) -> Decided:
    return Decided(
        at=decision.decided_at,
        action=words.label(decision.action.replace(".", " ")),
        subject=decision.subject,
        outcome=outcome.sentence if outcome else None,
        verdict=outcome.verdict if outcome else None,
    )
