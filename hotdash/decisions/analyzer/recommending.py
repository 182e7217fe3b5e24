"""What the figures say about the way calls are repeated: rules over numbers, each with the numbers it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from statistics import median

from hotdash.decisions.analyzer.figures import Analysis, AttemptFigure
from hotdash.decisions.analyzer.windows import RateLimitWindow, WindowScope

ENOUGH_ATTEMPTS = 50
# By this share of those that recover, going on is no longer worth it.
ALMOST_ALL = 0.99
STILL_HELPING = 0.05
HOPELESS_IDS = 5
BUSY_HOUR_ATTEMPTS = 100
FEWEST_TRIES, MOST_TRIES = 3, 12
SHORTEST_WAIT, LONGEST_FIRST_WAIT = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits double from the first to the longest, each shortened by chance; a told Retry-After goes before them."""

    tries: int
    first_wait_s: float
    longest_wait_s: float


@dataclass(frozen=True, slots=True)
class Advice:
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    policy: RetryPolicy | None
    advice: tuple[Advice, ...]


def recommend(found: Analysis) -> Recommendation:
    if found.totals.attempts < ENOUGH_ATTEMPTS:
        few = f"{found.totals.attempts} attempts are too few to judge by."
        return Recommendation(None, (Advice("too_few", few),))
    rules = (_tries, _retry_after, _hopeless, _pause, _hours)
    advice = tuple(each for rule in rules for each in rule(found))
    if not advice:
        advice = (Advice("holds", "Nothing in these figures speaks against the policy as it is."),)
    return Recommendation(_policy(found), advice)


def _policy(found: Analysis) -> RetryPolicy | None:
    """As many tries as nearly all needed, with waits that together last as long as those took."""
    if not found.fates.recovered or found.waited.p95 is None:
        return None
    tries = max(FEWEST_TRIES, min(MOST_TRIES, _tries_needed(found)))
    windows = [each.seconds for each in found.windows if each.scope is WindowScope.SHOP]
    to_last = max(found.waited.p95, median(windows) if windows else 0.0)
    first = to_last / (2 ** (tries - 1) - 1)
    rounded = ceil(min(LONGEST_FIRST_WAIT, max(SHORTEST_WAIT, first)) * 2) / 2
    return RetryPolicy(tries, rounded, rounded * 2 ** (tries - 2))


def _tries_needed(found: Analysis) -> int:
    recovered = [each for each in found.by_attempt if each.recovered]
    last = recovered[-1]
    if _is_cut_off(found, last):
        return last.attempt + 2
    arrived = 0
    for each in recovered:
        arrived += each.recovered
        if arrived >= ALMOST_ALL * found.fates.recovered:
            return each.attempt
    return last.attempt


def _is_cut_off(found: Analysis, last: AttemptFigure) -> bool:
    """The last attempt still brought some home, and others were given up after it."""
    helps = last.recovered >= STILL_HELPING * found.fates.recovered
    is_the_end = last.attempt == found.by_attempt[-1].attempt
    return bool(found.fates.dead) and helps and is_the_end


def _tries(found: Analysis) -> Iterator[Advice]:
    recovered = [each for each in found.by_attempt if each.recovered]
    if not recovered:
        if found.totals.retries:
            yield Advice(
                "retries_in_vain",
                f"None of {found.totals.retries:,} retries brought anything: trying again does not "
                "help against what fails here.",
            )
        return
    last, needed = recovered[-1], _tries_needed(found)
    if _is_cut_off(found, last):
        yield Advice(
            "more_tries",
            f"Try up to {needed} times: attempt {last.attempt} still brought "
            f"{last.recovered:,} of {found.fates.recovered:,} home, and {found.fates.dead:,} were "
            "given up after it.",
        )
        return
    later = [each for each in found.by_attempt if each.attempt > needed]
    spent, brought = sum(e.attempts for e in later), sum(e.recovered for e in later)
    if spent:
        yield Advice(
            "fewer_tries",
            f"Stop after {needed} tries: {found.fates.recovered - brought:,} of "
            f"{found.fates.recovered:,} had recovered by then, and {spent:,} later attempts "
            f"brought {brought:,}.",
        )


def _retry_after(found: Analysis) -> Iterator[Advice]:
    early = found.totals.came_too_early
    if early:
        yield Advice(
            "obey_retry_after",
            f"Wait as long as Retry-After says: {early:,} of {found.totals.told_to_wait:,} retries "
            "were planned for sooner.",
        )


def _hopeless(found: Analysis) -> Iterator[Advice]:
    for each in found.by_code:
        if each.ids >= HOPELESS_IDS and not each.recovered and each.attempts > each.ids:
            yield Advice(
                "do_not_retry",
                f"Do not repeat {each.name}: {each.attempts:,} attempts at {each.ids:,} ids, and "
                "none of them ever arrived.",
            )


def _pause(found: Analysis) -> Iterator[Advice]:
    """Whose limit it is: of everything, of a shop, or of one job run that goes too fast."""
    by_shop = [each for each in found.windows if each.scope is WindowScope.SHOP]
    by_run = [each for each in found.windows if each.scope is WindowScope.JOB_RUN]
    if not by_shop and not by_run:
        return
    refused = sum(each.refused for each in by_shop or by_run)
    longest = max(each.seconds for each in by_shop or by_run)
    told = f"{refused:,} refused calls lie in {_windows(by_shop or by_run)}, up to {_minutes(longest)} long"
    if any(_are_together(by_shop, each) for each in by_shop):
        whose = "Pause all shops together when one is refused: several were at the same time"
    elif by_shop and any(len(each.job_runs) > 1 for each in by_shop):
        whose = "Pause the whole shop when it is refused, not the single job run: a window lasted over several"
    else:
        whose = "Send less at once within a job run: windows begin and end with it"
    yield Advice("pause", f"{whose}. {told}.")


def _are_together(windows: list[RateLimitWindow], one: RateLimitWindow) -> bool:
    return any(
        other.key != one.key and other.first_at <= one.last_at and one.first_at <= other.last_at
        for other in windows
    )


def _hours(found: Analysis) -> Iterator[Advice]:
    overall = found.totals.failure_rate or 0.0
    hours = [each for each in found.by_hour if each.attempts >= BUSY_HOUR_ATTEMPTS]
    bad = [each for each in hours if each.failure_rate >= 2 * overall and each.failed]
    if bad and len(hours) > 1:
        worst = max(bad, key=lambda each: each.failure_rate)
        yield Advice(
            "other_hours",
            f"Keep large syncs away from {worst.hour:%Y-%m-%d %H}:00 UTC and hours like it: "
            f"{worst.failure_rate:.0%} failed then, {overall:.0%} over all.",
        )


def _windows(windows: list[RateLimitWindow]) -> str:
    return "one window" if len(windows) == 1 else f"{len(windows)} windows"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
