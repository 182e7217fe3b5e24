"""CI is quick, says so when it is not, and is stopped before anybody stops waiting; it never looks at a sample."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hotdash.base.errors import HotdashError
from hotdash.governance.changes.change import Problem
from hotdash.governance.changes.written import mapping, read

RULE = "timing"
FLAG_AFTER = timedelta(minutes=12)
STOP_AFTER = timedelta(minutes=15)
_SAMPLED = re.compile(r"(?<![\w-])--(sample|empty)(?![\w-])")
_STOP_MINUTES = int(STOP_AFTER.total_seconds() // 60)


def instant(seconds: str) -> datetime:
    """What `date +%s` told when the run began."""
    if not seconds.isdigit():
        raise HotdashError(
            f"{seconds!r} is no number of seconds.",
            hint="Give what `date +%s` said at the start.",
            field="started",
        )
    return datetime.fromtimestamp(int(seconds), UTC)


def slow(started: datetime, now: datetime) -> Iterator[Problem]:
    """From twelve minutes on it is told; at fifteen it counts as failed."""
    took = now - started
    minutes = int(took.total_seconds() // 60)
    if took >= STOP_AFTER:
        yield Problem(
            RULE,
            "this run",
            f"It took {minutes} minutes and is stopped at {_STOP_MINUTES}.",
            "Make the slowest model or test quicker; `hotdash ci build` lists the seconds of each.",
        )
    elif took >= FLAG_AFTER:
        yield Problem(
            RULE,
            "this run",
            f"It took {minutes} minutes; at {_STOP_MINUTES} it would have been stopped.",
            "Look at the seconds per model in the output of `hotdash ci build` while there is time.",
            blocks=False,
        )


def workflow_problems(path: str, text: str) -> Iterator[Problem]:
    """Every job stops in time, and no command asks for less than all rows."""
    for name, job in mapping(mapping(read(text)).get("jobs")).items():
        limit = mapping(job).get("timeout-minutes")
        if not isinstance(limit, int) or limit > _STOP_MINUTES:
            yield Problem(
                RULE,
                path,
                f"The job {name} is not stopped after {_STOP_MINUTES} minutes.",
                f"Give it `timeout-minutes: {_STOP_MINUTES}`.",
            )
    for place, line in enumerate(text.splitlines(), 1):
        found = _SAMPLED.search(line)
        if found:
            yield Problem(
                RULE,
                f"{path}:{place}",
                f"{found[0]} looks at a part of the rows.",
                "Take it out: what is not looked at is what breaks. Build fewer models instead.",
            )
