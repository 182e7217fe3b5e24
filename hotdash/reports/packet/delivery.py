"""How the week's decisions and facts were delivered to the mirror, of the facts that the log's analyzer kept."""

from collections.abc import Iterator, Sequence

from hotdash.decisions.analyzer.facts import MIRROR
from hotdash.insights.tiles import wording
from hotdash.reports.packet.asking import Asking
from hotdash.reports.packet.contract import Delivery, Sentence
from hotdash.storage.appdb.repositories.week_figures import (
    FailedRuns,
    RefusedWindow,
    Span,
    runs_that_failed,
    windows_found,
)

TITLE = "Delivery to the mirror"
MOST_WINDOWS = 5


def delivery(asking: Asking) -> Delivery | None:
    """None of a week in which nothing failed, or nothing is mirrored."""
    span = Span(asking.shop_id, asking.since, asking.until)
    with asking.recorder.recording("delivery", "Refusals and failed runs of the mirror") as query:
        windows = windows_found(asking.session, span)
        runs = runs_that_failed(asking.session, span, MIRROR)
    if not windows and not runs:
        asking.recorder.leave_out(query)
        return None
    told = (*_refusals(windows, asking.timezone), *_failures(runs))
    sentences = tuple(Sentence(text, query) for text in told)
    return Delivery(TITLE, tuple(windows), tuple(runs), sentences, query)


def _refusals(windows: Sequence[RefusedWindow], timezone: str) -> Iterator[str]:
    for each in windows[:MOST_WINDOWS]:
        of = "this shop" if each.scope == "shop" else f"this shop in the run {each.key}"
        first, last = (wording.moment(at, timezone) for at in (each.first_at, each.last_at))
        yield (
            f"{each.vendor} refused calls of {of} from {first} to {last}: "
            f"{each.refused:,} of {each.calls:,}."
        )
    if len(windows) > MOST_WINDOWS:
        yield f"It refused in {len(windows) - MOST_WINDOWS} more windows."


def _failures(runs: Sequence[FailedRuns]) -> Iterator[str]:
    for each in runs:
        ended = "gave rows up" if each.status == "failed" else "went on after failures"
        why = f", most often {each.code}" if each.code else ""
        yield f"Runs that {ended}: {each.runs:,}{why}. Rows that arrived in them: {each.rows:,}."
