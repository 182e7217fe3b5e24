"""The table of who may backfill what, told again by hand and held against every cell."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotdash.base.environment import Environment
from hotdash.base.roles import Role
from hotdash.pipeline.backfill.authorisation import (
    ActorKind,
    Demand,
    Verdict,
    demands,
    strictest,
)

DEV, STAGING, PRODUCTION = Environment.DEVELOPMENT, Environment.STAGING, Environment.PRODUCTION
DAYS = (1, 7, 8, 30, 31, 90, 91)
YES, TOLD, MANAGER, INCIDENT, NO = (
    *(Demand.ALLOWED, Demand.NOTICE, Demand.MANAGER),
    *(Demand.MANAGER_AND_INCIDENT, Demand.REFUSED),
)
FULL = {
    DEV: (YES,) * 7,
    STAGING: (*(YES,) * 6, NO),
    PRODUCTION: (TOLD, TOLD, MANAGER, MANAGER, INCIDENT, INCIDENT, INCIDENT),
}
NEVER = dict.fromkeys(Environment, (NO,) * 7)
BY_HAND = {
    Role.VIEWER: NEVER,
    Role.OPERATOR: NEVER,
    Role.ANALYST: {**NEVER, STAGING: (YES, YES, *(NO,) * 5)},
    Role.ENGINEER: FULL,
    Role.MANAGER: NEVER,
    Role.OWNER: FULL,
}
CELLS = [
    (role, environment, days, expected)
    for role, rows in BY_HAND.items()
    for environment, row in rows.items()
    for days, expected in zip(DAYS, row, strict=True)
]


def test_the_table_has_every_cell() -> None:
    assert len(CELLS) == len(Role) * len(Environment) * len(DAYS)


@pytest.mark.parametrize(("role", "environment", "days", "expected"), CELLS)
def test_a_person(role: Role, environment: Environment, days: int, expected: Demand) -> None:
    verdict = demands(role, environment, days, ActorKind.PERSON)
    assert verdict.demand is expected
    assert verdict.sentence.endswith(".")
    assert bool(verdict.mend) == (expected is NO)


@pytest.mark.parametrize(("role", "environment", "days"), product(Role, Environment, DAYS))
def test_nobody_automated(role: Role, environment: Environment, days: int) -> None:
    assert demands(role, environment, days, ActorKind.AUTOMATED).demand is Demand.REFUSED


@given(
    role=st.sampled_from(Role),
    environment=st.sampled_from(Environment),
    days=st.integers(1, 4000),
    more=st.integers(0, 4000),
)
def test_more_days_never_ask_less(
    role: Role, environment: Environment, days: int, more: int
) -> None:
    fewer = demands(role, environment, days, ActorKind.PERSON)
    longer = demands(role, environment, days + more, ActorKind.PERSON)
    assert strictest([fewer, longer]).demand is longer.demand


@given(role=st.sampled_from(Role), days=st.integers(1, 4000))
def test_production_never_asks_less_than_development(role: Role, days: int) -> None:
    order = list(Demand)
    if role is Role.ANALYST:
        return
    lax, strict = (
        order.index(demands(role, each, days, ActorKind.PERSON).demand)
        for each in (DEV, PRODUCTION)
    )
    assert lax <= strict


def test_no_days_are_no_backfill() -> None:
    with pytest.raises(ValueError, match="of a day at least, not of 0"):
        demands(Role.OWNER, DEV, 0, ActorKind.PERSON)


def test_several_shops_ask_what_the_strictest_asks() -> None:
    verdicts = [Verdict(each, "") for each in (NO, YES, INCIDENT)]
    assert strictest(verdicts).demand is NO
    assert strictest(verdicts[1:]).demand.needs_incident
