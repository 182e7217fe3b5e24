"""Lines drawn on the server, so that the first paint is already a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_TENTH = Decimal("0.1")
Values = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from low to high in equal steps that read well."""

    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def ticks(self) -> list[Decimal]:
        steps = int((self.high - self.low) / self.step)
        return [self.low + self.step * index for index in range(steps + 1)]

    def padded(self, margin: int, height: int) -> "Scale":
        """Room above and below, so that a thick line is not cut at the edge."""
        room = (self.high - self.low) * margin / (height - 2 * margin)
        return Scale(self.low - room, self.high + room, self.step)


def scale_for(*lines: Values, steps: int = 5, is_whole: bool = False) -> Scale:
    """Zero is always on it: an axis cut off below makes small changes look large."""
    known = [value for line in lines for value in line if value is not None]
    low = min([Decimal(0), *known])
    high = max([Decimal(0), *known])
    if low == high:
        high = Decimal(1)
    step = _round_step((high - low) / steps)
    if is_whole:
        step = step.to_integral_value(rounding=ROUND_CEILING)
    return Scale(_snap(low, step, ROUND_FLOOR), _snap(high, step, ROUND_CEILING), step)


def path(values: Values, scale: Scale, width: int, height: int) -> str:
    """The d of an SVG path; a missing value is a gap, not a zero."""
    across = Decimal(width) / max(1, len(values) - 1)
    up = Decimal(height) / (scale.high - scale.low)
    commands: list[str] = []
    pen_down = False
    for index, value in enumerate(values):
        if value is None:
            pen_down = False
            continue
        x, y = across * index, height - (value - scale.low) * up
        commands.append(f"{'L' if pen_down else 'M'}{x.quantize(_TENTH):f} {y.quantize(_TENTH):f}")
        pen_down = True
    return "".join(commands)


def tight_scale(values: Values) -> Scale:
    """For a sparkline, which shows shape and carries no axis."""
    known = [value for value in values if value is not None] or [Decimal(0)]
    low, high = min(known), max(known)
    return Scale(low, high if high > low else low + 1, Decimal(1))


def _round_step(raw: Decimal) -> Decimal:
    magnitude = Decimal(1).scaleb(raw.adjusted())
    for factor in (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5)):
        if raw <= factor * magnitude:
            return factor * magnitude
    return 10 * magnitude


def _snap(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    return (value / step).to_integral_value(rounding=rounding) * step
