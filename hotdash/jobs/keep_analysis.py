"""Every hour: what the mirror's log tells is kept as facts, each once however often it is read."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import orjson
from sqlalchemy.orm import Session

from hotdash.base.artifacts import ANALYSIS
from hotdash.base.clock import Clock
from hotdash.decisions.analyzer.analyze import analyze, runs_of
from hotdash.decisions.analyzer.chart import html_chart
from hotdash.decisions.analyzer.document import analysis_document
from hotdash.decisions.analyzer.facts import run_facts, window_facts
from hotdash.decisions.analyzer.figures import Analysis
from hotdash.decisions.analyzer.recommending import recommend
from hotdash.decisions.facts.keep import ShopFact, new_windows, record_of
from hotdash.decisions.mirror.event_log import log_files
from hotdash.jobs.job_context import JobContext
from hotdash.storage.appdb.repositories.facts import add_facts
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database
from hotdash.storage.attempts.store import AttemptStore, Chosen, open_attempts

_AT_ONCE = 1_000


def keep_analysis(context: JobContext, job: JobRecord) -> None:
    del job
    if context.home is None or context.mirror is None:
        return
    logs = log_files(context.mirror.logs)
    if logs:
        analyze_logs(logs, context.home, keeping=(context.database, context.clock))


def analyze_logs(
    logs: Sequence[Path],
    home: Path,
    chosen: Chosen = Chosen(),  # noqa: B008
    keeping: tuple[Database, Clock] | None = None,
) -> tuple[Analysis, int]:
    """And how many of its facts were news."""
    kept, folder = 0, home / ANALYSIS
    with open_attempts(folder) as store:
        found = analyze(store, store.read_log(logs, chosen), "sync")
        if keeping is not None:
            kept = keep_facts(*keeping, store, found)
    if keeping is not None:
        _leave(found, folder)
    with suppress(OSError):
        folder.rmdir()
    return found, kept


def _leave(found: Analysis, folder: Path) -> None:
    """The newest for people and evidence bundles; each is whole or not there."""
    document = analysis_document(found, recommend(found))
    written = {
        "sync.json": orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n",
        "sync.html": html_chart(found).encode(),
    }
    for name, content in written.items():
        half = folder / f"{name}.half"
        half.write_bytes(content)
        half.replace(folder / name)


def keep_facts(database: Database, clock: Clock, store: AttemptStore, found: Analysis) -> int:
    now = clock.now()
    with database.jobs() as session:
        shops = {each.shop_id for each in list_shops(session)}
        windows = new_windows(session, list(window_facts(found, shops, now)))
        return _keep(session, windows) + _keep(session, run_facts(runs_of(store), shops, now))


def _keep(session: Session, told: Iterable[ShopFact]) -> int:
    kept, waiting = 0, iter(told)
    while batch := list(islice(waiting, _AT_ONCE)):
        kept += add_facts(session, [record_of(shop_id, fact) for shop_id, fact in batch])
    return kept
