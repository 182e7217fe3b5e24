"""Small charts as SVG: shapes with colours of their own, so that they look alike on a page and on paper."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from hotdash.reports.packet.contract import DayBar, DayEstimate, Point

BLUE, GREY, LINE, INK, GOOD, BAD = "#0c47e0", "#c3cad2", "#dde1e5", "#56616d", "#25855a", "#9c1f63"
_TENTH = Decimal("0.1")
_SPARK = (Decimal(92), Decimal(22))
_BAR = (Decimal(120), Decimal(10))
_DAYS = (Decimal(660), Decimal(170))
_FLOOR = Decimal(20)


def spark(points: Sequence[Point]) -> str:
    """A line through what is known; the last one has a dot."""
    width, height = _SPARK
    known = [(place, each.value) for place, each in enumerate(points) if each.value is not None]
    if len(known) < 2:
        return ""
    values = [value for _, value in known]
    low, span = min(values), max(values) - min(values)
    step = (width - 6) / (len(points) - 1)
    places = [
        (
            3 + place * step,
            height / 2 if not span else height - 3 - (value - low) / span * (height - 6),
        )
        for place, value in known
    ]
    line = " ".join(f"{_n(x)},{_n(y)}" for x, y in places)
    x, y = places[-1]
    drawn = (
        f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="1.5" '
        'stroke-linejoin="round"/>'
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2.5" fill="{BLUE}"/>'
    )
    return _svg(_SPARK, drawn)


def bar(change: Decimal, most: Decimal, is_good: bool) -> str:
    """From the middle to the side that the change goes."""
    width, height = _BAR
    middle = width / 2
    length = abs(change) / most * (middle - 2) if most else Decimal(0)
    x = middle if change >= 0 else middle - length
    colour = GOOD if is_good else BAD
    drawn = (
        f'<line x1="{_n(middle)}" y1="0" x2="{_n(middle)}" y2="{_n(height)}" stroke="{LINE}"/>'
        f'<rect x="{_n(x)}" y="1" width="{_n(length)}" height="{_n(height - 2)}" fill="{colour}"/>'
    )
    return _svg(_BAR, drawn)


def by_day(days: Sequence[DayBar]) -> str:
    """The week, the week before beside it, last year as a mark across both."""
    values = [
        value
        for each in days
        for value in (each.value, each.previous, each.year_before)
        if value is not None
    ]
    most = max([*values, Decimal(0)])
    if not most:
        return ""
    return _svg(
        _DAYS,
        "".join(_axis(f"{each.day:%a}" for each in days))
        + "".join(_day(place, each, most) for place, each in enumerate(days)),
    )


def expected(days: Sequence[DayEstimate]) -> str:
    most = max([each.value for each in days] + [Decimal(0)])
    if not most:
        return ""
    drawn = "".join(_axis(f"{each.day:%a}" for each in days))
    for place, each in enumerate(days):
        drawn += _column(_left(place) + 20, Decimal(44), each.value, most, BLUE, 'opacity="0.55" ')
    return _svg(_DAYS, drawn)


def _day(place: int, each: DayBar, most: Decimal) -> str:
    left = _left(place) + 14
    drawn = _column(left, Decimal(28), each.previous, most, GREY)
    drawn += _column(left + 30, Decimal(28), each.value, most, BLUE)
    if each.year_before is not None and each.year_before >= 0:
        y = _height_of(each.year_before, most)
        drawn += (
            f'<line x1="{_n(left - 4)}" y1="{_n(y)}" x2="{_n(left + 62)}" y2="{_n(y)}" '
            f'stroke="{INK}" stroke-width="2" stroke-dasharray="4 3"/>'
        )
    return drawn


def _axis(names: Iterator[str]) -> Iterator[str]:
    width, height = _DAYS
    base = height - _FLOOR
    yield f'<line x1="0" y1="{_n(base)}" x2="{_n(width)}" y2="{_n(base)}" stroke="{LINE}"/>'
    for place, name in enumerate(names):
        yield (
            f'<text x="{_n(_left(place) + 42)}" y="{_n(height - 5)}" text-anchor="middle" '
            f'font-family="system-ui, Libertinus Serif, sans-serif" font-size="12" '
            f'fill="{INK}">{name}</text>'
        )


def _left(place: int) -> Decimal:
    return _DAYS[0] / 7 * place + Decimal("5.2")


def _height_of(value: Decimal, most: Decimal) -> Decimal:
    base = _DAYS[1] - _FLOOR
    return base - value / most * (base - 6)


def _column(
    x: Decimal, width: Decimal, value: Decimal | None, most: Decimal, colour: str, more: str = ""
) -> str:
    """A day below nought, by refunds, has no column; its number stands in the table."""
    if value is None or value <= 0:
        return ""
    y = _height_of(value, most)
    height = _DAYS[1] - _FLOOR - y
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" {more}'
        f'fill="{colour}"/>'
    )


def _svg(size: tuple[Decimal, Decimal], drawn: str) -> str:
    width, height = size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" aria-hidden="true" focusable="false">{drawn}</svg>'
    )


def _n(value: Decimal) -> str:
    text = f"{value.quantize(_TENTH, rounding=ROUND_HALF_UP):f}"
    return text.removesuffix(".0")
