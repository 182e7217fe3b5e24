"""One simulated project: its tables, its keys, and whether it can be reached."""

from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.supabase.keys import Keys
from hotdash.simulators.supabase.tables import Tables


class Project:
    def __init__(self, clock: SimulatedClock) -> None:
        self.tables = Tables()
        self.keys = Keys(clock)
        self.reset()

    def reset(self) -> None:
        self.tables.clear()
        self.keys.rotations = 0
        self.is_out = False
        self.answers_lost = 0

    def loses_answer(self) -> bool:
        """What was asked is done, and nobody hears of it."""
        if not self.answers_lost:
            return False
        self.answers_lost -= 1
        return True
