"""What the week's log of deliveries to the mirror says, as the analyzer found it, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hotdash.decisions.analyzer.section import SyncSection
from hotdash.decisions.analyzer.windows import RateLimitWindow, WindowScope
from hotdash.insights.tiles import wording

TITLE = "Delivery to the mirror"
_MOST_WINDOWS = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    sentences: tuple[str, ...]
    figures: dict[str, Any]
    title: str = TITLE

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "sentences": self.sentences, **self.figures}


def delivery(found: SyncSection, timezone: str) -> Delivery:
    """Lines that cannot be read have no time and are not told: another day there may be others."""
    figures = {
        "attempts": found.attempts,
        "failed": found.failed,
        "recovered": found.recovered,
        "given_up": found.given_up,
        "waiting": found.waiting,
        "windows": [
            {
                "scope": each.scope.value,
                "key": each.key,
                "first_at": each.first_at,
                "last_at": each.last_at,
                "refused": each.refused,
                "calls": each.calls,
            }
            for each in found.windows
        ],
        "advice": found.advice,
    }
    return Delivery(tuple(_sentences(found, timezone)), figures)


def _sentences(found: SyncSection, timezone: str) -> Iterator[str]:
    if not found.attempts:
        yield "Nothing was to be delivered in this week."
        return
    share = f" ({found.failure_rate:.1%})" if found.failed and found.failure_rate else ""
    yield (
        f"{_counted(found.attempts, 'attempt')}, {found.failed:,} failed{share}. "
        f"{_counted(found.recovered, 'row')} arrived by a retry, {found.given_up:,} were given up, "
        f"{found.waiting:,} waited at the end of the week."
    )
    yield from (_window(each, timezone) for each in found.windows[:_MOST_WINDOWS])
    if len(found.windows) > _MOST_WINDOWS:
        yield f"{len(found.windows) - _MOST_WINDOWS} more windows stand in the packet's document."
    yield from found.advice


def _window(each: RateLimitWindow, timezone: str) -> str:
    first, last = (wording.moment(at, timezone) for at in (each.first_at, each.last_at))
    of = "" if each.scope is WindowScope.SHOP else f" in the run {each.key}"
    return f"Refused from {first} to {last}{of}: {each.refused:,} of {each.calls:,} calls."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
