"""What the gate notices of two simulated years: incidents caught and missed, and alerts about nothing."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.blocking_incidents import AGOS, STRIKES, GateReplay, replay_gate
from benchmarks.figures import Figure
from benchmarks.replayed_rules import WARMED_UP, Replay, power_over_drops, replay
from benchmarks.watched_world import (
    ORDERS,
    Struck,
    orders_of_a_larger_world,
    watched_world,
)
from hotdash.simulators.day_plan import HISTORY_DAYS

_LARGER = 10


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """The world is that of the demo whatever the size asked for, so that figures stay comparable."""
    del orders
    yield from of_series(replay(watched_world()))
    yield from of_power()
    yield from of_the_gate(replay_gate(folder))


def of_series(found: Replay) -> Iterator[Figure]:
    shops = found.world.shops
    size = (
        f"{len(shops)} shops, {ORDERS:,} orders, {len(found.world.series)} series, "
        f"{HISTORY_DAYS - WARMED_UP.days} days judged"
    )
    by_shop = ", ".join(f"{shop} {found.false_per_week(shop):.2f}" for shop in shops)
    by_check = ", ".join(f"{check} {count}" for check, count in found.false_by_check())
    yield Figure(
        *("false alerts", size, f"{found.false_per_week():.1f} a week over all shops"),
        "under 3 a week",
        f"per shop {by_shop}; by rule {by_check}; an alert on the day after an incident counts as "
        "its echo; what only goes to the digest is not counted",
    )
    incidents = found.judged_incidents()
    missed = [each for each in incidents if not found.is_caught(each, by_alert=True)]
    silent = [each for each in missed if not found.is_caught(each, by_alert=False)]
    yield Figure(
        *("incidents of the days' figures", f"{len(incidents)} labelled incidents"),
        f"{len(incidents) - len(missed)} by an alert, {len(missed) - len(silent)} by the digest, "
        f"{len(silent)} missed",
        "–",
        _told(missed, "not by an alert"),
    )


def of_power() -> Iterator[Figure]:
    """The plain rule is told as information beside the robust one."""
    shops = [
        power_over_drops(each) for times in (1, _LARGER) for each in orders_of_a_larger_world(times)
    ]
    yield Figure(
        *("days made 70% smaller", f"{len(shops)} sizes of shop"),
        "; ".join(each.told for each in shops),
        "96% against 8%",
        "found by the robust rule (z beyond 3) against three standard deviations of seven days; this "
        "world's week has little season (0.93 to 1.18), so the plain rule's spread stays small here",
    )


def of_the_gate(found: GateReplay) -> Iterator[Figure]:
    struck = f"{len(STRIKES)} kinds on {len(AGOS)} days of {HISTORY_DAYS}"
    missed = sorted({each.kind for each in found.missed})
    yield Figure(
        *("incidents of the blocking kind", struck),
        f"{len(found.incidents) - len(found.missed)} of {len(found.incidents)} blocked",
        "all",
        f"each in a small shop of its own, through a real build and gate; missed: {', '.join(missed) or 'none'}",
    )
    yield Figure(
        *("sound weeks that were blocked", f"{found.sound_weeks} weeks of 3 shops"),
        f"{len(found.falsely_blocked)}",
        "0",
        ", ".join(f"{shop}: {check}" for shop, check in found.falsely_blocked),
    )


def _told(incidents: Sequence[Struck], how: str) -> str:
    if not incidents:
        return ""
    each = (f"{one.day} {one.shop_id} {one.kind}" for one in incidents)
    return f"{how}: {', '.join(each)}"
