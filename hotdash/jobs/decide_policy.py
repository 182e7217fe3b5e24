"""Decide a policy of a shop's metrics: the effective-dated row, the decision and the audit event in one transaction."""

from dataclasses import dataclass
from datetime import date

from hotdash.base.clock import Clock, local_day
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.insights.metrics.query.trial import checked_switch
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.repositories import audit, policies
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.session import Database


@dataclass(frozen=True, slots=True)
class DecidedPolicy:
    shop_id: str
    policy: str
    value: str
    before: str
    effective_from: date
    acts_in_models: bool


def decide_policy(
    database: Database,
    shop_id: str,
    policy: str,
    value: str,
    *,
    effective_from: date | None,
    actor: str,
    reason: str,
    clock: Clock,
) -> DecidedPolicy:
    """From today on, if no other day is told; what held before stays on record."""
    switch, at = checked_switch(registry(), policy, value), clock.now()
    with database.jobs() as session:
        shop = get_shop(session, shop_id)
        since = effective_from or local_day(at, shop.timezone)
        held = policies.policy_on(session, shop_id, policy, since)
        before = switch.written_default if held is None else held
        shown = {"before": before, "value": value, "effective_from": since.isoformat()}
        decision = Decision(
            shop_id, Scope.METRICS, Action.DECIDE_POLICY, actor, policy, reason, shown=shown
        )
        record_decision(session, decision, at)
        policies.decide_policy(
            session,
            policies.PolicyDecision(shop_id, policy, value, since, at, actor, reason.strip()),
        )
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=Action.DECIDE_POLICY.value,
            subject=policy,
            at=at,
            detail=shown,
        )
    return DecidedPolicy(shop_id, policy, value, before, since, _acts_in_models(policy))


def _acts_in_models(policy: str) -> bool:
    """Whether a run has to come before the numbers follow; a formula asks at once."""
    return any(
        policy == switch.switch and policy not in metric.parsed.components
        for metric in registry()
        for switch in metric.policy
    )
