"""Whoever steers by a number reads in the changelog that it was changed."""

import re
from collections.abc import Iterator

from hotdash.governance.changes.change import CHANGELOG, Change, Problem
from hotdash.governance.changes.subjects import grave_paths

RULE = "changelog"
SECTIONS = frozenset({"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"})
UNRELEASED = "[Unreleased]"
_RELEASE = re.compile(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}( \[YANKED\])?")


def changelog_problems(change: Change) -> Iterator[Problem]:
    """An entry for what changes metrics or attribution, and a changelog that stays one."""
    grave = grave_paths(change)
    if grave and not _is_told(change):
        more = f" and {len(grave) - 1} more" if len(grave) > 1 else ""
        yield Problem(
            RULE,
            CHANGELOG,
            f"{grave[0]}{more} changes metrics or attribution, and no entry tells of it.",
            f"Say under {UNRELEASED} in {CHANGELOG} what a reader of the numbers will notice.",
        )
    text = change.texts.get(CHANGELOG)
    if text is not None and change.file(CHANGELOG) is not None:
        yield from _misshapen(text)


def added_entries(change: Change) -> str:
    """What the change adds to the changelog, for those who look for names in it."""
    file = change.file(CHANGELOG)
    return "\n".join(line for _, line in file.added_lines) if file else ""


def _is_told(change: Change) -> bool:
    file = change.file(CHANGELOG)
    if file is None or file.after is None:
        return False
    lines = file.after.splitlines()
    added = {place for place, line in file.added_lines if line.lstrip().startswith(("-", "*"))}
    return any(place in added for place in _unreleased(lines))


def _unreleased(lines: list[str]) -> Iterator[int]:
    inside = False
    for place, line in enumerate(lines, 1):
        if line.startswith("## "):
            inside = line[3:].strip() == UNRELEASED
        elif inside:
            yield place


def _misshapen(text: str) -> Iterator[Problem]:
    for place, line in enumerate(text.splitlines(), 1):
        where = f"{CHANGELOG}:{place}"
        head = line[3:].strip()
        if line.startswith("## ") and head != UNRELEASED and not _RELEASE.fullmatch(head):
            yield Problem(
                RULE,
                where,
                f"The release {head!r} does not say its version and day.",
                f"Write `## [1.2.3] - 2026-11-26`, or `## {UNRELEASED}` for what is to come.",
            )
        if line.startswith("### ") and line[4:].strip() not in SECTIONS:
            yield Problem(
                RULE,
                where,
                f"{line[4:].strip()!r} is no kind of change.",
                f"Use one of {', '.join(sorted(SECTIONS))}.",
            )
