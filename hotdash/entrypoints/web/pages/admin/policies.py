"""Admin, policies: how the shop's metrics count, since when and why; decided from a day on, tried out before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.actors import actor_of
from hotdash.base.clock import local_day
from hotdash.base.errors import HotdashError
from hotdash.base.roles import Permission, may
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.address import see_other
from hotdash.entrypoints.web.errors import Problem, problem_of
from hotdash.entrypoints.web.pages.admin.sections import (
    POLICIES,
    changing,
    entered,
    nobodys,
    section_page,
    url_of,
)
from hotdash.entrypoints.web.pages.admin.trial import TrialView, trial_of
from hotdash.entrypoints.web.parts import Parts, PartsOf
from hotdash.insights.metrics.definition import PolicySwitch
from hotdash.insights.metrics.query.question import QueryError
from hotdash.insights.metrics.query.trial import moved_by
from hotdash.insights.metrics.registry import registry
from hotdash.jobs.decide_policy import decide_policy
from hotdash.storage.appdb.repositories.identity import names_of_people
from hotdash.storage.appdb.repositories.policies import PolicyDecision, list_policies
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop

router = APIRouter(prefix=POLICIES.path, include_in_schema=False)
Text = Annotated[str, Form()]
First = Annotated[str, Form(alias="from")]
LONGEST_REASON = 2000
TITLES = {
    "after_void_first_order": "After a first order that came to nothing, the next one is the first",
    "attribution_click_days": "Days that a click counts for an order",
    "attribution_half_life_days": "Days after which a click counts half, under time decay",
    "attribution_lookback_days": "Days that the other models look back",
    "count_partially_paid": "Count orders that are paid in part",
    "include_taxes": "Count taxes as revenue",
    "no_ads_bought": "No ads were bought where nothing was read",
    "shipping_cost_per_order": "What shipping costs the shop per order",
    "zero_orders": "Count orders with nothing to pay",
}
# Whose reason is told of a decision that many metrics ask about.
_ASKED_FIRST = ("revenue", "orders", "new_customers", "attributed_revenue")
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class DecidedLine:
    value: str
    since: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    name: str
    title: str
    held: str
    since: str
    why: str
    moves: str
    values: tuple[str, ...]
    offer: str
    is_choice: bool
    coming: tuple[DecidedLine, ...]
    history: tuple[DecidedLine, ...]


@router.get("")
def policies(
    request: Request,
    parts: PartsOf,
    shop: str | None = None,
    policy: str = "",
    value: str = "",
    done: str = "",
) -> Response:
    """With a policy and a value also what that would have changed."""
    visit, chosen = entered(request, parts, POLICIES, shop)
    if chosen is None:
        return nobodys(request, parts, visit)
    trial, problem = None, None
    if policy:
        try:
            with parts.context.database.as_user(visit.user_id) as session:
                trial = trial_of(session, chosen, policy, value.strip(), parts.context.clock.now())
        except HotdashError as error:
            problem = problem_of(error)
    return _page(request, parts, visit, chosen, trial, problem, done)


@router.post("")
def decide(
    request: Request,
    parts: PartsOf,
    shop: Text = "",
    policy: Text = "",
    value: Text = "",
    first: First = "",
    reason: Text = "",
    csrf: Text = "",
) -> Response:
    admission = changing(request, parts, Permission.MANAGE_SHOP, shop, csrf)
    try:
        decide_policy(
            *(parts.context.database, shop, policy[:100], value.strip()),
            effective_from=_day(first),
            actor=actor_of(admission.visit.user_id),
            reason=_reason(reason),
            clock=parts.context.clock,
        )
    except HotdashError as error:
        problem = problem_of(error)
        return _page(request, parts, admission.visit, admission.shop, None, problem)
    return see_other(url_of(POLICIES, shop, done=policy))


def _page(
    request: Request,
    parts: Parts,
    visit: Visit,
    shop: VisitedShop,
    trial: TrialView | None,
    problem: Problem | None,
    done: str = "",
) -> Response:
    today = local_day(parts.context.clock.now(), shop.timezone)
    with parts.context.database.as_user(visit.user_id) as session:
        decided = list_policies(session, shop.shop_id)
    with parts.context.database.jobs() as session:
        names = names_of_people(session)
    switches = sorted(registry().switches().items())
    views = [
        _policy_view(switch, [each for each in decided if each.policy == name], names, today, shop)
        for name, switch in switches
    ]
    values: dict[str, Any] = {
        "policies": views,
        "trial": trial,
        "tried": f"{title_of(trial.policy)}: {words_of(trial.value)}" if trial else "",
        "today": today.isoformat(),
        "may_decide": may(shop.role, Permission.MANAGE_SHOP),
        "done": next((each for each in views if each.name == done), None),
    }
    return section_page(request, parts, POLICIES, visit, shop, values, problem)


def _policy_view(
    switch: PolicySwitch,
    decided: Sequence[PolicyDecision],
    names: dict[str, str],
    today: date,
    shop: VisitedShop,
) -> PolicyView:
    """Decisions come in the order in which they came to hold."""
    past = [each for each in decided if each.effective_from <= today]
    held = past[-1] if past else None
    lines = [_line(each, names, shop) for each in decided]
    coming = tuple(
        line for line, each in zip(lines, decided, strict=True) if each.effective_from > today
    )
    return PolicyView(
        name=switch.switch,
        title=title_of(switch.switch),
        held=words_of(held.value if held else switch.written_default),
        since=f"since {formatting.day_with_year(held.effective_from)}, by "
        f"{names.get(held.decided_by, held.decided_by)}"
        if held
        else "as the definition says; this shop decided nothing",
        why=held.reason if held else reason_of(switch),
        moves=_moves(switch.switch),
        values=switch.values,
        offer=switch.offer,
        is_choice=switch.number is None,
        coming=coming,
        history=tuple(reversed(lines)),
    )


def _moves(policy: str) -> str:
    metrics = registry()
    titles = sorted({metrics.get(name).title for name in moved_by(metrics, policy)})
    if not titles:
        return "It moves no metric by itself, only what is told beside one."
    more = len(titles) - _MOST_NAMED
    shown = titles[:_MOST_NAMED] + ([f"{more} more"] if more > 0 else [])
    return f"Moves {formatting.listing(shown)}."


def _line(each: PolicyDecision, names: dict[str, str], shop: VisitedShop) -> DecidedLine:
    return DecidedLine(
        value=words_of(each.value),
        since=formatting.day_with_year(each.effective_from),
        by=names.get(each.decided_by, each.decided_by),
        at=formatting.shop_time(each.decided_at, shop.timezone),
        reason=each.reason,
    )


def title_of(name: str) -> str:
    return TITLES.get(name, name.replace("_", " ").capitalize())


def reason_of(switch: PolicySwitch) -> str:
    reasons = {
        metric.name: each.reason
        for metric in registry()
        for each in metric.policy
        if each.switch == switch.switch
    }
    return next((reasons[name] for name in _ASKED_FIRST if name in reasons), switch.reason)


def words_of(value: str) -> str:
    return {"true": "yes", "false": "no"}.get(value, value.replace("_", " "))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QueryError(
            f"{text[:40]!r} is no day.", hint="Write it like 2026-11-02.", field="from"
        ) from None


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        raise QueryError(
            f"The reason has {len(text):,} characters.",
            hint=f"Say it in {LONGEST_REASON:,} or fewer.",
            field="reason",
        )
    return text
