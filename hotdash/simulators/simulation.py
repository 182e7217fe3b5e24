"""What all simulated vendors share: one world, one clock, the faults asked for, and the count of calls."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.faults import Faults
from hotdash.simulators.orders import Shop
from hotdash.simulators.world import World


@dataclass
class Simulation:
    world: World
    clock: SimulatedClock
    folder: Path
    faults: Faults = field(default_factory=Faults)
    calls: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self._began_at = self.clock.now()

    def reset(self) -> None:
        self.clock.set(self._began_at)
        self.faults.clear()
        self.calls.clear()

    @property
    def shops(self) -> tuple[Shop, ...]:
        return self.world.shops


class SimulatedVendor(Protocol):
    """One vendor's API, served below /<name>; its own switches lie below /_simulator/<name>."""

    @property
    def name(self) -> str: ...

    @property
    def app(self) -> ASGIApp: ...

    @property
    def switches(self) -> Sequence[BaseRoute]: ...

    def credentials(self, shop: Shop, address: str) -> Mapping[str, str] | None:
        """What a person would enter in `hotdash connect` for this shop; none where it has no account."""
        ...

    def reset(self) -> None: ...
