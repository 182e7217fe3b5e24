"""Whether nothing found on some days is nothing, or nothing known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Published


@dataclass(frozen=True, slots=True)
class Known:
    """What the publications hold of these days: none of it, all of it, or what since tells."""

    any_day: bool
    whole: bool
    why: str | None


def known_days(published: Sequence[Published], days: Mapping[str, Window]) -> Known:
    """Days are per shop, because each shop's days are its own."""
    if not days:
        return Known(False, False, "These days are not among those asked for.")
    asked = [(each, days[each.shop_id]) for each in published if each.shop_id in days]
    missing = [(each, reason) for each, window in asked if (reason := _missing(each, window))]
    # A shop without any row of this kind is told of, and does not take the others' bases away.
    partly = any(each.first_day for each, _ in missing)
    return Known(
        any_day=any(_has_covered_day(each, window) for each, window in asked),
        whole=not partly and any(each.first_day for each, _ in asked),
        why=missing[0][1] if missing else None,
    )


def is_provisional(published: Published, window: Window) -> bool:
    """Days that are not over, or that no source has been read for in full."""
    last = published.last_complete
    return last is None or window.last > last


def _missing(published: Published, window: Window) -> str | None:
    if published.manifest is None:
        return f"Nothing has been published for {published.shop_id} yet."
    if published.first_day is None:
        return (
            f"{published.mart} holds nothing for {published.shop_id}: "
            "no source of it has been connected and read."
        )
    if window.first < published.first_day:
        return f"The first known day of {published.shop_id} in {published.mart} is {day_in_words(published.first_day)}."
    last = published.last_complete
    if last is None or window.first > last:
        known = f" after {day_in_words(last)}" if last else ""
        return f"No day{known} is complete for {published.shop_id} yet."
    return None


def _has_covered_day(published: Published, window: Window) -> bool:
    last = published.last_complete
    if published.first_day is None or last is None:
        return False
    return max(window.first, published.first_day) <= min(window.last, last)


def day_in_words(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
