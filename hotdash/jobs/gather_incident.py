"""Twice a day, for every open incident: the analysis of the mirror's log and parity, into its folder."""

from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from hotdash.base.clock import file_stamp, iso_utc
from hotdash.base.errors import HotdashError
from hotdash.base.logging import told_as
from hotdash.decisions.analyzer.chart import html_chart
from hotdash.decisions.analyzer.document import analysis_document
from hotdash.decisions.analyzer.recommending import recommend
from hotdash.decisions.incident import Incidents
from hotdash.decisions.mirror.event_log import log_files
from hotdash.jobs.job_context import JobContext
from hotdash.jobs.keep_analysis import analyze_logs
from hotdash.jobs.parity import ParityDesk
from hotdash.storage.appdb.repositories.jobs import JobRecord


def gather_open(context: JobContext, job: JobRecord) -> None:
    del job
    if context.parity is not None and context.mirror is not None:
        gather_all(context.parity, context.mirror.logs)


def gather_all(desk: ParityDesk, logs: Path) -> list[Path]:
    """Nothing while no incident is open."""
    incidents = Incidents(desk.home)
    return [gather(desk, logs, incidents, each.topic) for each in incidents.open()]


def gather(desk: ParityDesk, logs: Path, incidents: Incidents, topic: str) -> Path:
    """What cannot be had is written down beside the rest: an incident is when things do not answer."""
    at = desk.clock.now()
    folder = incidents.folder_of(topic) / file_stamp(at)
    folder.mkdir(mode=0o700, parents=True)
    parts: dict[str, Callable[[], object]] = {
        "analysis": lambda: _analysis(log_files(logs), desk.home, folder),
        **{
            f"parity of {target}": lambda target=target: desk.check(target, folder=folder).artifact
            for target in desk.targets()
        },
    }
    told = {name: _attempted(part) for name, part in parts.items()}
    summary = {"topic": topic, "at": iso_utc(at), "parts": told}
    (folder / "gathered.json").write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
    return folder


def _attempted(part: Callable[[], object]) -> str:
    try:
        part()
    except HotdashError as error:
        return f"failed: {error.message}"
    except Exception as error:
        # The others are still to be had, and who looks later must know which is not.
        return f"failed: {told_as(error)}"
    return "gathered"


def _analysis(logs: Sequence[Path], home: Path, folder: Path) -> None:
    if not logs:
        (folder / "analysis.json").write_bytes(b'{"lines": 0, "told": "There is no log yet."}')
        return
    found, _ = analyze_logs(logs, home)
    document = analysis_document(found, recommend(found))
    (folder / "analysis.json").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    (folder / "hours.html").write_text(html_chart(found), encoding="utf-8")
