"""Where tables stand in columns, and how lines run between them without running across any."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

HEIGHT = 24
_ROW, _LANE, _BETWEEN, _TOP, _BESIDE = HEIGHT + 8, 10, 44, 30, 8
# Of the widest font that a browser may draw names of 12 pixels in.
_LETTER, _NARROWEST = 7.3, 120
_SWEEPS = 4
# Half of the thickest frame stands outside its box.
_EDGE = 2

Flow = tuple[str, str]
Lane = tuple[Flow, int]
"""Where a line passes a column that it does not end in, between the boxes."""
Item = str | Lane


@dataclass(frozen=True, slots=True)
class Spot:
    x: int
    y: int
    width: int

    @property
    def middle(self) -> int:
        return self.y + HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Drawn:
    width: int
    height: int
    lefts: tuple[int, ...]
    """Where each column begins."""
    spots: Mapping[str, Spot]
    curves: tuple[str, ...]


def drawn(
    columns: Sequence[Sequence[str]], names: Mapping[str, str], flows: Iterable[Flow]
) -> Drawn:
    """Columns hold keys; a flow leads from one key to another."""
    place = {key: number for number, column in enumerate(columns) for key in column}
    flows = without_detours(flows)
    routes = [_route(flow, place) for flow in flows]
    ordered = _ordered(columns, routes)
    widths = [_width_of(names[key] for key in column) for column in columns]
    lefts = [_EDGE + sum(widths[:number]) + number * _BETWEEN for number in range(len(columns))]
    tops, height = _tops(ordered)
    spots = {key: Spot(lefts[at], tops[key], widths[at]) for key, at in place.items()}
    last = len(columns) - 1
    is_looped = any(place[a] == place[b] == last for a, b in flows)
    curves = (_curve(route, place, spots, tops, lefts, widths) for route in routes)
    return Drawn(
        width=2 * _EDGE
        + sum(widths)
        + max(len(widths) - 1, 0) * _BETWEEN
        + is_looped * _BETWEEN // 2,
        height=height,
        lefts=tuple(lefts),
        spots=spots,
        curves=tuple(curves),
    )


def without_detours(flows: Iterable[Flow]) -> list[Flow]:
    """A line is left out where others lead from the one to the other."""
    kept = sorted({(above, below) for above, below in flows if above != below})
    for flow in list(kept):
        others = [each for each in kept if each != flow]
        if _leads(*flow, others):
            kept = others
    return kept


def _leads(start: str, end: str, flows: Collection[Flow]) -> bool:
    waiting, seen = [start], {start}
    while waiting:
        at = waiting.pop()
        for above, below in flows:
            if above == at and below not in seen:
                if below == end:
                    return True
                seen.add(below)
                waiting.append(below)
    return False


def _route(flow: Flow, place: Mapping[str, int]) -> list[Item]:
    """From the left column to the right one, by a lane in each between."""
    start, end = sorted(flow, key=lambda key: place[key])
    lanes = [(flow, number) for number in range(place[start] + 1, place[end])]
    return [start, *lanes, end]


def _ordered(
    columns: Sequence[Sequence[str]], routes: Sequence[Sequence[Item]]
) -> list[list[Item]]:
    """Each near what it is joined with, so that lines cross seldom; to and fro until it settles."""
    found: list[list[Item]] = [list(column) for column in columns]
    joined: dict[Item, list[Item]] = {}
    for route in routes:
        for each in route[1:-1]:
            assert isinstance(each, tuple)
            found[each[1]].append(each)
        for one, other in pairwise(route):
            joined.setdefault(one, []).append(other)
            joined.setdefault(other, []).append(one)
    for sweep in range(_SWEEPS):
        forth = range(1, len(found))
        for number in forth if sweep % 2 == 0 else reversed(range(len(found) - 1)):
            beside = found[number - 1 if sweep % 2 == 0 else number + 1]
            rows = {item: row / max(len(beside), 1) for row, item in enumerate(beside)}
            own = {item: row / len(found[number]) for row, item in enumerate(found[number])}
            found[number].sort(key=lambda item, r=rows, o=own: _mean(item, joined, r, o))
    return found


def _mean(
    item: Item,
    joined: Mapping[Item, Sequence[Item]],
    rows: Mapping[Item, float],
    own: Mapping[Item, float],
) -> float:
    beside = [rows[each] for each in joined.get(item, ()) if each in rows]
    return sum(beside) / len(beside) if beside else own[item]


def _tops(ordered: Sequence[Sequence[Item]]) -> tuple[dict[Item, int], int]:
    tops: dict[Item, int] = {}
    lowest = _TOP
    for column in ordered:
        y = _TOP
        for item in column:
            tops[item] = y
            y += _ROW if isinstance(item, str) else _LANE
        lowest = max(lowest, y)
    return tops, lowest


def _width_of(names: Iterable[str]) -> int:
    return max(
        _NARROWEST, max((round(len(name) * _LETTER) for name in names), default=0) + 2 * _BESIDE
    )


def _curve(
    route: Sequence[Item],
    place: Mapping[str, int],
    spots: Mapping[str, Spot],
    tops: Mapping[Item, int],
    lefts: Sequence[int],
    widths: Sequence[int],
) -> str:
    """From the right side of one box to the left of the next; within a column around the outside."""
    first, last = route[0], route[-1]
    assert isinstance(first, str)
    assert isinstance(last, str)
    begin, end = spots[first], spots[last]
    x, y = begin.x + begin.width, begin.middle
    if place[first] == place[last]:
        bend = x + _BETWEEN // 2
        return f"M{x} {y}C{bend} {y} {bend} {end.middle} {x} {end.middle}"
    told = [f"M{x} {y}"]
    for lane in route[1:-1]:
        assert isinstance(lane, tuple)
        left, middle = lefts[lane[1]], tops[lane] + _LANE // 2
        told.append(f"{_bent(x, y, left, middle)}H{left + widths[lane[1]]}")
        x, y = left + widths[lane[1]], middle
    return "".join([*told, _bent(x, y, end.x, end.middle)])


def _bent(x1: int, y1: int, x2: int, y2: int) -> str:
    middle = (x1 + x2) // 2
    return f"C{middle} {y1} {middle} {y2} {x2} {y2}"
