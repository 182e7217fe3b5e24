"""The hours of an analysis as one drawing: attempts, what failed of them, and the windows above."""

from datetime import timedelta
from html import escape

from hotdash.decisions.analyzer.figures import Analysis, HourFigure

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 1000, 280, 60, 40, 30
_STYLE = (
    "text{font:12px sans-serif;fill:#444}.all{fill:#c9d3de}.failed{fill:#b4442c}"
    ".window{fill:#b4442c;opacity:.18}.axis{stroke:#888}"
)


def svg_chart(found: Analysis) -> str:
    bars = "".join(_bars(found))
    title = f"{found.totals.attempts:,} attempts, {found.totals.failed:,} failed"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}"><style>{_STYLE}</style>'
        f'<text x="{LEFT}" y="20">{escape(title)}; shaded: refused windows</text>{bars}'
        f'<path class="axis" d="M{LEFT} {HEIGHT - BOTTOM}H{WIDTH}"/></svg>\n'
    )


def html_chart(found: Analysis) -> str:
    rows = "".join(
        f"<tr><td>{each.hour:%Y-%m-%d %H}:00</td><td>{each.attempts:,}</td><td>{each.failed:,}</td>"
        f"<td>{each.refused:,}</td><td>{each.retries:,}</td><td>{each.retries_succeeded:,}</td></tr>"
        for each in found.by_hour
    )
    heads = ("Hour (UTC)", "Attempts", "Failed", "Refused", "Retries", "Retries that arrived")
    head = "".join(f"<th>{each}</th>" for each in heads)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Attempts by hour</title>'
        f"<body>{svg_chart(found)}<table><tr>{head}</tr>{rows}</table></body></html>\n"
    )


def _bars(found: Analysis) -> list[str]:
    if not found.by_hour:
        return []
    first = found.by_hour[0].hour
    hours = (found.by_hour[-1].hour - first) // timedelta(hours=1) + 1
    wide = (WIDTH - LEFT) / hours
    most = max(each.attempts for each in found.by_hour)
    floor = HEIGHT - BOTTOM
    parts = [f'<text x="0" y="{TOP + 12}">{most:,}</text>']
    for window in found.windows:
        begins = LEFT + (window.first_at - first) / timedelta(hours=1) * wide
        lasts = max(1.0, window.seconds / 3600 * wide)
        parts.append(
            f'<rect class="window" x="{begins:.1f}" y="{TOP}" width="{lasts:.1f}" '
            f'height="{floor - TOP}"><title>{escape(window.key)}</title></rect>'
        )
    for each in found.by_hour:
        left = LEFT + (each.hour - first) / timedelta(hours=1) * wide
        parts += _bar(each, left, wide, (floor - TOP) / most)
    return parts


def _bar(hour: HourFigure, left: float, wide: float, per_attempt: float) -> list[str]:
    floor = HEIGHT - BOTTOM
    told = f"{hour.hour:%d %b %H}:00: {hour.failed:,} of {hour.attempts:,} failed"
    drawn: list[str] = []
    for name, count in (("all", hour.attempts), ("failed", hour.failed)):
        high = count * per_attempt
        drawn.append(
            f'<rect class="{name}" x="{left + 1:.1f}" y="{floor - high:.1f}" '
            f'width="{max(1.0, wide - 2):.1f}" height="{high:.1f}"><title>{told}</title></rect>'
        )
    return drawn
