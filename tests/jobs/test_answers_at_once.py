"""Two who say something about one backfill at the same moment: one is heard, the other is told so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Barrier
from uuid import UUID

import pytest

from hotdash.base.errors import ConflictError, HotdashError
from hotdash.base.roles import Permission, Role
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import (
    Answer,
    Request,
    approve_backfill,
    refuse_backfill,
    request_backfill,
    withdraw_backfill,
)
from hotdash.jobs.plan_backfill import Planned
from hotdash.jobs.run_backfill import run_backfill
from hotdash.storage.appdb.repositories.backfills import add_events, newest_events
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.backfill_house import OTHER, SHOP, WHY, House, published_house
from tests.fixtures.marts import Publisher
from tests.fixtures.shops import SeededShop

ROUNDS = 4
LATEST_MEETING = 20.0

Saying = Callable[[Person, Planned], object]


@pytest.fixture
def house(publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> House:
    return published_house(publisher, two_shops)


@dataclass(frozen=True)
class Meeting(Person):
    """Somebody who, having read how the backfill stands, waits until the other has read it too."""

    both_have_read: Barrier = field(default_factory=partial(Barrier, 2))
    met: set[str] = field(default_factory=set[str])

    def require(self, shop_id: str, permission: Permission) -> Role:
        role = super().require(shop_id, permission)
        if shop_id not in self.met:
            self.met.add(shop_id)
            self.both_have_read.wait(LATEST_MEETING)
        return role


def meeting(person: Person, barrier: Barrier) -> Meeting:
    return Meeting(person.user_id, person.email, person.roles, person.seat, barrier)


def at_once(planned: Planned, *sayings: tuple[Person, Saying]) -> list[HotdashError | None]:
    """What each was told, None where it was heard."""
    barrier = Barrier(len(sayings))

    def say(saying: tuple[Person, Saying]) -> HotdashError | None:
        person, do = saying
        try:
            do(meeting(person, barrier), planned)
        except HotdashError as error:
            return error
        return None

    with ThreadPoolExecutor(len(sayings)) as threads:
        return list(threads.map(say, sayings))


def require_one_heard(told: list[HotdashError | None]) -> None:
    assert told.count(None) == 1
    [late] = [error for error in told if error is not None]
    assert isinstance(late, ConflictError)
    assert late.http_status == 409


def actions(house: House, backfill_id: UUID) -> list[str]:
    with house.database.jobs() as session:
        found = list_decisions(session, SHOP)
    return sorted(each.action for each in found if each.subject == str(backfill_id))


@dataclass(frozen=True)
class Sayings:
    house: House

    def approve(self, person: Person, planned: Planned) -> None:
        answer = Answer(planned.plan.hash, "Agreed.")
        approve_backfill(self.house.office, person, planned.plan_id, answer)

    def refuse(self, person: Person, planned: Planned) -> None:
        refuse_backfill(self.house.office, person, planned.plan_id, "Not before the sale.")

    def withdraw(self, person: Person, planned: Planned) -> None:
        withdraw_backfill(self.house.office, person, planned.plan_id, "Mistaken.")

    def ask(self, person: Person, planned: Planned) -> None:
        request_backfill(self.house.office, person, Request(planned.plan_id, WHY))

    def run(self, person: Person, planned: Planned) -> None:
        run_backfill(self.house.work, person, planned.plan_id)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("approve", "refuse"),
        ("approve", "approve"),
        ("refuse", "withdraw"),
        ("approve", "withdraw"),
    ],
)
def test_one_of_two_answers_is_heard_and_decided(house: House, first: str, second: str) -> None:
    manager, owner = house.person(Role.MANAGER), house.person(Role.OWNER)
    sayings = Sayings(house)
    for _ in range(ROUNDS):
        planned = house.asked(house.person(Role.ENGINEER), 8)
        told = at_once(
            planned, (manager, getattr(sayings, first)), (owner, getattr(sayings, second))
        )
        require_one_heard(told)
        assert len(house.told(planned.plan_id)) == 2
        assert len(actions(house, planned.plan_id)) == 2


def test_a_double_click_is_one_approval(house: House) -> None:
    manager, sayings = house.person(Role.MANAGER), Sayings(house)
    planned = house.asked(house.person(Role.ENGINEER), 8)
    require_one_heard(at_once(planned, (manager, sayings.approve), (manager, sayings.approve)))
    assert house.told(planned.plan_id) == ["requested", "approved"]
    assert actions(house, planned.plan_id) == ["backfills.approve", "backfills.request"]


def test_what_is_asked_for_twice_at_once_is_asked_for_once(house: House) -> None:
    engineer, sayings = house.person(Role.ENGINEER), Sayings(house)
    planned = house.plan(engineer)
    require_one_heard(at_once(planned, (engineer, sayings.ask), (engineer, sayings.ask)))
    assert house.told(planned.plan_id) == ["requested"]


def test_what_is_withdrawn_as_it_begins_either_runs_or_is_given_up(house: House) -> None:
    owner, sayings = house.person(Role.OWNER), Sayings(house)
    for _ in range(ROUNDS):
        house.engine.calls.clear()
        engineer, planned = house.approved()
        before = house.shown()
        withdrawn, ran = at_once(planned, (owner, sayings.withdraw), (engineer, sayings.run))
        require_one_heard([withdrawn, ran])
        said = house.told(planned.plan_id)[2:]
        if withdrawn is None:
            assert (said, house.engine.calls, house.shown()) == (["aborted"], [], before)
        else:
            assert said == ["running", "running", "completed"]


def end(house: House, planned: Planned) -> None:
    """As whoever gives it up where its process was taken for dead."""
    with house.database.jobs() as session:
        [event] = newest_events(session, [SHOP], planned.plan_id)
        add_events(session, [replace(event, status="aborted", at=house.clock.now())])


@pytest.mark.parametrize("moment", ["open", "check", "stage", "commit"])
def test_what_was_ended_while_it_was_carried_out_shows_nothing(house: House, moment: str) -> None:
    engineer, planned = house.approved()
    before = house.shown()
    house.engine.meanwhile = {moment: partial(end, house, planned)}
    with pytest.raises(ConflictError):
        run_backfill(house.work, engineer, planned.plan_id)
    assert house.shown() == before
    assert house.told(planned.plan_id)[2:] == ["running", "aborted"]
    assert house.engine.calls[-1] == "abort"


def test_what_was_ended_after_it_was_shown_is_not_called_completed(house: House) -> None:
    engineer, planned = house.approved()
    house.engine.meanwhile = {"merge": partial(end, house, planned)}
    with pytest.raises(ConflictError, match="became aborted while it was carried out"):
        run_backfill(house.work, engineer, planned.plan_id)
    assert house.told(planned.plan_id)[-1] == "aborted"


def test_what_was_ended_in_one_of_its_shops_is_not_merged(house: House) -> None:
    engineer, planned = house.approved(8, SHOP, OTHER)

    def end_what_is_shown() -> None:
        if house.engine.calls.count("commit") == 2:
            end(house, planned)

    house.engine.meanwhile = {"commit": end_what_is_shown}
    with pytest.raises(ConflictError, match="became aborted while it was carried out"):
        run_backfill(house.work, engineer, planned.plan_id)
    assert "merge" not in house.engine.calls
