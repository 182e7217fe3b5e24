"""What is said when CI fails on the main line: first to who committed, then to the team, then with a way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hotdash.base.logging import redact
from hotdash.governance.changes.change import Problem

TEAM_AFTER = timedelta(hours=1)
REVERT_AFTER = timedelta(hours=2)
_MOST_TOLD = 10


class Stage(StrEnum):
    """Each is said once; which were said is written into the message as a mark."""

    COMMITTER = "committer"
    TEAM = "team"
    REVERT = "revert"

    @property
    def mark(self) -> str:
        return f"<!-- hotdash-ci: {self.value} -->"


@dataclass(frozen=True)
class Failure:
    link: str
    commit: str
    committer: str
    failed_at: datetime
    problems: tuple[Problem, ...]


def due(failed_at: datetime, now: datetime, said: str) -> Stage | None:
    """The gravest that is due and was not said yet; a graver one makes up for those before it."""
    age = now - failed_at
    reached = [Stage.COMMITTER]
    reached += [Stage.TEAM] if age >= TEAM_AFTER else []
    reached += [Stage.REVERT] if age >= REVERT_AFTER else []
    gravest = reached[-1]
    later = [*Stage][[*Stage].index(gravest) :]
    return None if any(stage.mark in said for stage in later) else gravest


def message(failure: Failure, stage: Stage, team: str = "") -> str:
    """As Markdown, for a comment; the mark tells the next look what was said."""
    lines = [
        f"**CI failed** at `{failure.commit[:12]}`, committed by {failure.committer}: "
        f"[the run]({failure.link})",
        "",
        *_told(failure.problems),
    ]
    if stage is not Stage.COMMITTER:
        asked = f"@{team}" if team else "The team"
        lines += ["", f"{asked}: it has been failing for {_hours(stage)}. Who looks at it?"]
    if stage is Stage.REVERT:
        lines += [
            "",
            "Proposed: take the change back, and mend it in peace.",
            "",
            f"    git revert --no-edit {failure.commit}",
        ]
    return "\n".join([*lines, "", stage.mark])


def slack_text(failure: Failure, stage: Stage, team: str = "") -> str:
    """Slack has its own links, and no comments that hide."""
    lines = message(failure, stage, team).splitlines()[:-2]
    lines[0] = (
        f"*CI failed* at `{failure.commit[:12]}`, committed by {_for_slack(failure.committer)}: "
        f"<{failure.link}|the run>"
    )
    return "\n".join([lines[0], *(_for_slack(line).replace("**", "*") for line in lines[1:])])


def report(problems: Sequence[Problem], link: str = "") -> str:
    """What a pull request is told: what lacks, what was let through, or that all is well."""
    blocking = [each for each in problems if each.blocks]
    told = [each for each in problems if not each.blocks]
    head = f"**Hotdash CI: {_counted(len(blocking))}**" if blocking else "**Hotdash CI: passed**"
    lines = [head + (f" · [the run]({link})" if link else ""), "", *_told(blocking)]
    if told:
        lines += ["", "Let through, to be looked at:", "", *_told(told)]
    return "\n".join([*lines, "", "<!-- hotdash-ci: report -->"])


def _told(problems: Sequence[Problem]) -> list[str]:
    lines = [
        f"- **{each.rule}** `{each.where}`: {redact(each.sentence)} {redact(each.mend)}"
        for each in problems[:_MOST_TOLD]
    ]
    rest = len(problems) - _MOST_TOLD
    return [*lines, f"- and {rest} more"] if rest > 0 else lines


def _hours(stage: Stage) -> str:
    return "two hours" if stage is Stage.REVERT else "an hour"


def _counted(number: int) -> str:
    return "one thing lacks" if number == 1 else f"{number} things lack"


def _for_slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
