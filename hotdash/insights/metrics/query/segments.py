"""A range cut where something about a definition changes: a policy of the shop, or the version in force."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.plan import ON, Form
from hotdash.insights.statements import statement


@dataclass(frozen=True, slots=True)
class Side:
    """The days of a shop that are asked for (0) or that they are compared with (1)."""

    number: int
    shop_id: str
    window: Window
    shift: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one side in which nothing about any definition changes."""

    number: int
    side: Side
    window: Window


class Policies:
    """What shops decided about the switches of definitions, and from which day on."""

    def __init__(
        self,
        decided: Mapping[tuple[str, str], Mapping[date, str]],
        assumed: Mapping[str, str],
    ) -> None:
        self._decided = decided
        self._assumed = assumed

    @classmethod
    def of(cls, decided: Iterable[tuple[str, str, date, str]]) -> "Policies":
        """Of decisions for the same day the later one holds."""
        found: dict[tuple[str, str], dict[date, str]] = {}
        for shop_id, policy, since, value in decided:
            found.setdefault((shop_id, policy), {})[since] = value
        return cls(found, {})

    def assuming(self, values: Mapping[str, str]) -> "Policies":
        """As if these had always been decided so."""
        return Policies(self._decided, values)

    def periods(self, shop_id: str, policy: str) -> dict[date, str]:
        if policy in self._assumed:
            return {date.min: self._assumed[policy]}
        return dict(self._decided.get((shop_id, policy), {}))

    def value(self, shop_id: str, policy: str, day: date) -> str | None:
        held = [
            (since, value) for since, value in self.periods(shop_id, policy).items() if since <= day
        ]
        return max(held)[1] if held else None

    def decided(self, shop_id: str) -> dict[str, dict[str, str]]:
        """By policy and the day since when it holds, as texts."""
        return {
            policy: {day.isoformat(): value for day, value in sorted(periods.items())}
            for (decider, policy), periods in sorted(self._decided.items())
            if decider == shop_id
        }

    def switches(self, form: Form, shop_id: str, day: date) -> tuple[int, ...]:
        """1 for on and 0 for off, in the order of the form's switches."""
        return tuple(
            form.metric.defaults[name]
            if (value := self.value(shop_id, name, day)) is None
            else int(value == ON)
            for name in form.switches
        )


def load_policies(session: Session, shop_ids: Sequence[str]) -> Policies:
    found = session.execute(statement(__file__, "policies.sql"), {"shop_ids": list(shop_ids)})
    return Policies.of((row.shop_id, row.policy, row.effective_from, row.value) for row in found)


def cut(sides: Iterable[Side], forms: Sequence[Form], policies: Policies) -> list[Segment]:
    segments: list[Segment] = []
    for side in sides:
        for window in _windows(side, forms, policies):
            segments.append(Segment(len(segments), side, window))
    return segments


def is_of(form: Form, forms: Sequence[Form], day: date) -> bool:
    """Whether this version is the one in force on that day."""
    in_force = [each for each in forms if each.since is None or each.since <= day]
    return bool(in_force) and in_force[-1] is form


def _windows(side: Side, forms: Sequence[Form], policies: Policies) -> Iterator[Window]:
    changes = {form.since for form in forms if form.since is not None}
    for form in forms:
        for switch in form.switches:
            changes.update(policies.periods(side.shop_id, switch))
    first, last = side.window.first, side.window.last
    after = last + timedelta(days=1)
    starts = [first, *sorted(day for day in changes if first < day <= last), after]
    for start, next_start in pairwise(starts):
        yield Window(start, next_start - timedelta(days=1))
