"""Sums over days of which some are unknown: nought there, and a mask that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from hotdash.insights.correlation.innovations import Values, product


@dataclass(frozen=True, slots=True)
class Beside:
    """uneven is 1 where the two are restless on days of their own, and more where on the same days."""

    correlation: float
    pairs: int
    uneven: float


@dataclass(frozen=True, slots=True)
class Masked:
    """Around their mean."""

    values: Sequence[float]
    squares: Sequence[float]
    known: Sequence[bool]

    @classmethod
    def of(cls, values: Values) -> "Masked":
        known = [each for each in values if each is not None]
        mean = sum(known) / len(known)
        filled = [0.0 if each is None else each - mean for each in values]
        return cls(filled, [each * each for each in filled], [each is not None for each in values])

    def __len__(self) -> int:
        return len(self.values)

    def cut(self, first: int, end: int | None = None) -> "Masked":
        return Masked(self.values[first:end], self.squares[first:end], self.known[first:end])

    def beside(self, other: "Masked", lag: int) -> "Beside":
        """With the other's values so many days later."""
        mine = self.cut(max(0, -lag), len(self) - max(0, lag))
        theirs = other.cut(max(0, lag), len(other) + min(0, lag))
        size = product(mine.squares, theirs.known) * product(theirs.squares, mine.known)
        pairs = sum(one and other for one, other in zip(mine.known, theirs.known, strict=True))
        if not size:
            return Beside(0.0, pairs, 1.0)
        return Beside(
            product(mine.values, theirs.values) / sqrt(size),
            pairs,
            pairs * product(mine.squares, theirs.squares) / size,
        )

    def remembered(self, days: int) -> list[float]:
        """The correlation with the own values of each of so many days before."""
        whole = sum(self.squares)
        return [
            product(self.values[: len(self) - lag], self.values[lag:]) / whole
            for lag in range(1, days + 1)
        ]
