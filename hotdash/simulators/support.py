"""The support desk of each shop: cases that follow from its orders, who handles them, and a day that went wrong."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from hotdash.simulators.business_hours import BusinessHours
from hotdash.simulators.orders import Customer, Order, Shop
from hotdash.simulators.shop_profiles import SLA_BREACHES
from hotdash.simulators.support_cases import (
    DAY,
    FITTING_ADVICE,
    HOUR,
    TOPICS,
    Measure,
    Miss,
    Policy,
    Rated,
    Said,
    Script,
    Turn,
    misses_of,
    play,
    play_endless,
)
from hotdash.simulators.world import ShopWorld, World

ORDERS_PER_CASE = 12
ENDLESS_MESSAGES = 1_040
_FEWEST_ON_A_BAD_DAY = 6
_LOOKED_BACK_DAYS = 40
_NAMES = "Robin Alex Mika Jo Charlie Toni Kim Sascha Noa Ari".split()
_HOURS = {
    "hot-rod-an": (8 * 60, 17 * 60, 4),
    "kanto-garage": (10 * 60, 18 * 60, 5),
    "nordkurve-teile": (9 * 60, 17 * 60 + 30, 4),
}


@dataclass(frozen=True, slots=True)
class Agent:
    agent_id: int
    name: str
    email: str
    is_administrator: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    inbox_id: int
    name: str
    channel: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote: a customer of the shop, or a guest nobody knows more of."""

    number: int
    name: str
    email: str | None
    phone: str | None
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """The whole story, also what is still to come; `order` is the one it is about."""

    order_id: int
    order_name: str
    topic: str
    person: Person
    inbox: Inbox
    agent: int
    assigned_at: int | None
    priority: str | None
    said: tuple[Said, ...]
    turns: tuple[Turn, ...]
    measures: tuple[Measure, ...]
    rated: Rated | None
    misses: tuple[Miss, ...]

    @property
    def opened_at(self) -> int:
        return self.said[0].at

    @property
    def resolutions(self) -> tuple[int, ...]:
        return tuple(turn.at for turn in self.turns if turn.status == "resolved")


class SupportDesk:
    """One shop's cases, in the order they were opened; a case's place is its number from 1 on."""

    def __init__(self, world: ShopWorld, seed: int) -> None:
        self.shop: Shop = world.shop
        opens, closes, last_weekday = _HOURS[self.shop.shop_id]
        self.hours = BusinessHours(self.shop.timezone, opens, closes, last_weekday)
        self.policy = Policy(2 * HOUR, 4 * HOUR, 3 * (closes - opens) * 60)
        self.agents = _agents(self.shop)
        base = self.shop.vendor_id % 1_000 * 10
        self.inboxes = (
            Inbox(base + 1, "Website", "Channel::WebWidget"),
            Inbox(base + 2, "E-mail", "Channel::Email"),
        )
        self.opened_at = world.opened
        self._world = world
        self._seed = seed
        self._bad_days = {i.day for i in world.plan.incidents if i.kind == SLA_BREACHES}
        self._made: list[Case] = []
        self._made_days = 0
        self._openings: list[int] = []
        self._by_person: dict[int, list[Case]] = {}

    def cases_as_of(self, instant: int) -> list[Case]:
        """Every case opened up to this instant; a case keeps its place for ever."""
        return self._made[: self._opened_until(instant)]

    def case(self, number: int, instant: int) -> Case | None:
        opened = self._opened_until(instant)
        return self._made[number - 1] if 1 <= number <= opened else None

    def cases_of(self, person: int, instant: int) -> list[Case]:
        self._make_days(self._world.plan.position(instant) + 1)
        return [case for case in self._by_person.get(person, ()) if case.opened_at <= instant]

    def _opened_until(self, instant: int) -> int:
        self._make_days(self._world.plan.position(instant) + 1)
        return bisect_right(self._openings, instant)

    def _make_days(self, days: int) -> None:
        if days <= self._made_days:
            return
        for position in range(self._made_days, days):
            self._made += self._cases_of_day(position)
        self._made_days = days
        self._made.sort(key=lambda case: (case.opened_at, case.order_id, case.topic))
        self._openings = [case.opened_at for case in self._made]
        self._by_person.clear()
        for case in self._made:
            self._by_person.setdefault(case.person.number, []).append(case)

    def _cases_of_day(self, position: int) -> Iterator[Case]:
        day = self._world.plan.days[position]
        orders = [history[0] for history in self._world.day(position).histories]
        for order in orders:
            chance = Random(f"{self._seed}/support/{self.shop.shop_id}/{order.order_id}")
            if chance.random() * ORDERS_PER_CASE < 1:
                yield self._case(chance, order, _drawn_topic(chance), None)
        if str(day.day) in self._bad_days:
            yield from self._bad_day(position)
        if position == _LOOKED_BACK_DAYS and self.shop.order_prefix == "HR":
            yield from self._endless(position)

    def _bad_day(self, position: int) -> Iterator[Case]:
        """The phones are down and everybody writes, of orders of the days before."""
        day = self._world.plan.days[position]
        wanted = max(_FEWEST_ON_A_BAD_DAY, day.orders // 3)
        opens = self.hours.after(day.begins, 1)
        for place, order in enumerate(self._orders_before(position, wanted)):
            chance = Random(f"{self._seed}/bad day/{self.shop.shop_id}/{order.order_id}")
            at = opens + place * 4 * HOUR // wanted
            yield self._case(chance, order, TOPICS[0][0], at)

    def _endless(self, position: int) -> Iterator[Case]:
        for order in self._orders_before(position, 1):
            chance = Random(f"{self._seed}/endless/{self.shop.shop_id}")
            at = self._world.plan.days[position].begins + 15 * HOUR
            script = Script(chance, self.hours, self._drawn_agent(chance), is_slow=False)
            play_endless(script, at, ENDLESS_MESSAGES)
            yield self._told(script, order, FITTING_ADVICE, chance)

    def _orders_before(self, position: int, wanted: int) -> list[Order]:
        found: list[Order] = []
        for earlier in range(position - 1, max(0, position - _LOOKED_BACK_DAYS) - 1, -1):
            found += [history[0] for history in self._world.day(earlier).histories]
            if len(found) >= wanted:
                break
        return found[:wanted]

    def _case(self, chance: Random, order: Order, topic: str, at: int | None) -> Case:
        earliest, latest = next((e, la) for name, _, e, la in TOPICS if name == topic)
        if at is None:
            at = order.created_at + int((earliest + chance.random() * (latest - earliest)) * DAY)
        day = self._world.plan.days[self._world.plan.position(at)].day
        is_slow = str(day) in self._bad_days
        script = Script(chance, self.hours, self._drawn_agent(chance), is_slow)
        play(script, topic, order.name, at)
        return self._told(script, order, topic, chance)

    def _told(self, script: Script, order: Order, topic: str, chance: Random) -> Case:
        said, turns = tuple(script.said), tuple(script.turns)
        resolutions = tuple(turn.at for turn in turns if turn.status == "resolved")
        return Case(
            order_id=order.order_id,
            order_name=order.name,
            topic=topic,
            person=_person(self.shop, self._customer(order), order),
            inbox=self.inboxes[int(chance.random() < 0.35)],
            agent=script.agent,
            assigned_at=script.assigned_at,
            priority=("low", "medium", "high", "urgent")[int(chance.random() * 4)]
            if chance.random() < 0.3
            else None,
            said=said,
            turns=turns,
            measures=tuple(script.measures),
            rated=script.rated,
            misses=misses_of(said, resolutions, self.policy, self.hours),
        )

    def _customer(self, order: Order) -> Customer | None:
        return None if order.customer_id is None else self._world.newcomer(order.customer_id)

    def _drawn_agent(self, chance: Random) -> int:
        return self.agents[int(chance.random() ** 1.3 * len(self.agents))].agent_id


@lru_cache(maxsize=16)
def support_of(world: World, shop_id: str) -> SupportDesk:
    return SupportDesk(world.of(shop_id), world.seed)


def _agents(shop: Shop) -> tuple[Agent, ...]:
    first = shop.vendor_id % 1_000
    count = 4 if shop.share > 50 else 2
    names = [_NAMES[(first * 3 + place) % len(_NAMES)] for place in range(count)]
    return tuple(
        Agent(first * 100 + place, name, f"{name}@{shop.shop_id}.example".lower(), place == 0)
        for place, name in enumerate(names)
    )


def _drawn_topic(chance: Random) -> str:
    left = chance.random()
    for topic, share, _, _ in TOPICS:
        left -= share
        if left < 0:
            return topic
    return TOPICS[0][0]


def _person(shop: Shop, customer: Customer | None, order: Order) -> Person:
    if customer is None:
        number = order.order_id // 1_000 - shop.first_order_key
        return Person(5_000_000 + number, f"visitor-{number}", None, None, None)
    number = customer.customer_id % 10_000_000
    name = f"{customer.first_name} {customer.last_name}"
    phone = f"+1555{number:07d}" if number % 5 == 0 else None
    return Person(number, name, customer.email, phone, customer.customer_id)
