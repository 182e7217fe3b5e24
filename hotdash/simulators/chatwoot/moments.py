"""What a case looks like at an instant: only what was said and done by then."""

from dataclasses import dataclass

from hotdash.simulators.support import Case
from hotdash.simulators.support_cases import Measure, Miss, Rated, Said, Turn


@dataclass(frozen=True)
class Moment:
    """`case` as of `now`; everything here lies before it."""

    case: Case
    now: int

    @property
    def said(self) -> tuple[Said, ...]:
        return tuple(each for each in self.case.said if each.at <= self.now)

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.case.turns if turn.at <= self.now)

    @property
    def turn(self) -> Turn:
        return self.turns[-1]

    @property
    def agent(self) -> int | None:
        assigned = self.case.assigned_at
        return self.case.agent if assigned is not None and assigned <= self.now else None

    @property
    def last_activity_at(self) -> int:
        return self.said[-1].at

    @property
    def updated_at(self) -> int:
        return max(self.last_activity_at, self.turn.at)

    @property
    def replies(self) -> list[int]:
        return [each.at for each in self.said if each.kind == "outgoing" and not each.private]

    @property
    def first_reply_at(self) -> int:
        """0 is Chatwoot's way to say never."""
        return self.replies[0] if self.replies else 0

    @property
    def waiting_since(self) -> int:
        answered = self.replies[-1] if self.replies else 0
        unanswered = [e.at for e in self.said if e.kind == "incoming" and e.at > answered]
        is_over = self.turn.status == "resolved"
        return unanswered[0] if unanswered and not is_over else 0

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(each for each in self.case.measures if each.at <= self.now)

    @property
    def rated(self) -> Rated | None:
        rated = self.case.rated
        return rated if rated is not None and rated.at <= self.now else None

    @property
    def misses(self) -> tuple[Miss, ...]:
        return tuple(miss for miss in self.case.misses if miss.at <= self.now)

    @property
    def sla_status(self) -> str:
        is_resolved = any(at <= self.now for at in self.case.resolutions)
        if self.misses:
            return "missed" if is_resolved else "active_with_misses"
        return "hit" if is_resolved else "active"

    @property
    def sla_updated_at(self) -> int:
        ends = [at for at in self.case.resolutions[:1] if at <= self.now]
        return max([self.case.opened_at, *ends, *(miss.at for miss in self.misses)])
