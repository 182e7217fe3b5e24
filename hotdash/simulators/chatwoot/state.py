"""Each shop's Chatwoot account: its edition, who may come in with which token, and what was deleted."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.orders import Shop, epoch
from hotdash.simulators.simulation import Simulation
from hotdash.simulators.support import Agent, Case, SupportDesk, support_of

NAME = "chatwoot"
ENTERPRISE = "enterprise"
COMMUNITY = "community"


def admin_token(shop_id: str) -> str:
    """The token every simulated account is born with; it opens nothing anywhere else."""
    return f"cw_simulated_admin_{shop_id.replace('-', '_')}"


def agent_token(shop_id: str) -> str:
    return f"cw_simulated_agent_{shop_id.replace('-', '_')}"


@dataclass(frozen=True)
class Numbered:
    """A case under its display id; the id in Chatwoot's own database is another."""

    display_id: int
    internal_id: int
    case: Case


@dataclass
class Account:
    desk: SupportDesk
    clock: SimulatedClock
    edition: str = ENTERPRISE
    tokens: dict[str, Agent] = field(default_factory=dict[str, Agent])
    deleted: set[int] = field(default_factory=set[int])
    deleted_contacts: set[int] = field(default_factory=set[int])

    def __post_init__(self) -> None:
        self.reset()

    @property
    def shop(self) -> Shop:
        return self.desk.shop

    @property
    def account_id(self) -> int:
        return self.shop.vendor_id % 1_000

    @property
    def now(self) -> int:
        return epoch(self.clock.now())

    @property
    def is_enterprise(self) -> bool:
        return self.edition == ENTERPRISE

    def reset(self) -> None:
        self.edition = ENTERPRISE
        self.deleted.clear()
        self.deleted_contacts.clear()
        administrator, agent = self.desk.agents[:2]
        shop_id = self.shop.shop_id
        self.tokens = {admin_token(shop_id): administrator, agent_token(shop_id): agent}

    def conversations(self) -> list[Numbered]:
        return [
            Numbered(place, self.account_id * 100_000 + place, case)
            for place, case in enumerate(self.desk.cases_as_of(self.now), 1)
            if place not in self.deleted
        ]

    def conversation(self, display_id: int) -> Numbered | None:
        case = self.desk.case(display_id, self.now)
        if case is None or display_id in self.deleted:
            return None
        return Numbered(display_id, self.account_id * 100_000 + display_id, case)

    def contacts(self) -> list[int]:
        """The number of each person who ever wrote, in the order they first did."""
        numbers = dict.fromkeys(case.person.number for case in self.desk.cases_as_of(self.now))
        return [each for each in numbers if self.contact_id(each) not in self.deleted_contacts]

    def cases_of(self, person: int) -> list[Case]:
        return self.desk.cases_of(person, self.now)

    def is_resolved(self, person: int) -> bool:
        known = self.cases_of(person)[0].person
        return bool(known.email or known.phone)

    def contact_id(self, number: int) -> int:
        return self.account_id * 10_000_000 + number + 1

    def agent(self, agent_id: int) -> Agent:
        return next(agent for agent in self.desk.agents if agent.agent_id == agent_id)


def accounts_of(simulation: Simulation) -> dict[int, Account]:
    made: Iterable[Account] = (
        Account(support_of(simulation.world, shop.shop_id), simulation.clock)
        for shop in simulation.shops
    )
    return {account.account_id: account for account in made}
