"""A failing warning is let through by somebody who looked at it, gave a reason and took on what follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import yaml

from hotdash.governance.changes.change import OVERRIDES, Change, Problem

RULE = "overrides"
LEAST_REASON = 20
FIELDS = ("check", "reason", "acknowledged_by", "follow_up", "until")


@dataclass(frozen=True)
class FailedCheck:
    """A check that fails with the change and did not fail without it."""

    name: str
    severity: str
    sentence: str
    mend: str
    shops: tuple[str, ...] = ()


@dataclass(frozen=True)
class Override:
    check: str
    reason: str
    acknowledged_by: str
    follow_up: str
    until: date


@dataclass(frozen=True)
class FollowUp:
    """The entry that an override opens, so that nobody forgets what was let through."""

    title: str
    text: str


def override_problems(
    change: Change, failed: Sequence[FailedCheck], today: date
) -> Iterator[Problem]:
    """Blocking checks cannot be overridden; what passes needs no override."""
    text = change.texts.get(OVERRIDES, "")
    overrides, faults = read_overrides(text)
    yield from faults
    by_check = {each.check: each for each in overrides}
    for each in failed:
        yield from _judged(each, by_check.get(each.name), change, today)


def read_overrides(text: str) -> tuple[list[Override], list[Problem]]:
    """What is incomplete is told and lets nothing through."""
    try:
        read: Any = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        return [], [Problem(RULE, OVERRIDES, f"It is not YAML: {error}", "Mend it there.")]
    if not isinstance(read, list):
        return [], [
            Problem(RULE, OVERRIDES, "It is no list.", f"Write one entry per check: {_form()}.")
        ]
    overrides: list[Override] = []
    faults: list[Problem] = []
    for place, entry in enumerate(cast("list[Any]", read), 1):
        found = _entry(entry, f"{OVERRIDES}, entry {place}")
        if isinstance(found, Override):
            overrides.append(found)
        else:
            faults.append(found)
    return overrides, faults


def follow_ups(change: Change) -> list[FollowUp]:
    """One for each override that the change adds."""
    file = change.file(OVERRIDES)
    if file is None:
        return []
    before = read_overrides(file.before or "")[0]
    return [
        FollowUp(
            f"Follow up: {each.check} was overridden",
            f"{each.follow_up}\n\nThe warning `{each.check}` was let through until {each.until}, "
            f"acknowledged by {each.acknowledged_by}: {each.reason}\n\n"
            f"Done when the check passes and its entry in `{OVERRIDES}` is gone.",
        )
        for each in read_overrides(file.after or "")[0]
        if each not in before
    ]


def _judged(
    failed: FailedCheck, override: Override | None, change: Change, today: date
) -> Iterator[Problem]:
    told = f"{failed.name} fails: {failed.sentence}"
    if failed.severity == "blocking":
        more = " A blocking check cannot be overridden." if override else ""
        yield Problem(RULE, failed.name, told + more, failed.mend)
    elif failed.severity == "info":
        yield Problem(RULE, failed.name, told, failed.mend, blocks=False)
    elif override is None:
        yield Problem(
            RULE,
            failed.name,
            f"{told} Nobody has acknowledged it.",
            f"{failed.mend} If it is right as it is, add to {OVERRIDES}: {_form()}.",
        )
    elif override.until < today:
        yield Problem(
            RULE,
            failed.name,
            f"{told} Its override ended on {override.until}.",
            "Mend what it tells of, or decide anew with a new reason and a new day.",
        )
    elif change.author and _is_one(override.acknowledged_by, change.author):
        yield Problem(
            RULE,
            failed.name,
            f"{told} {change.author} acknowledged the warning of an own change.",
            "Let somebody else look at it and put their name there.",
        )
    elif change.approved_by is not None and not any(
        _is_one(override.acknowledged_by, each) for each in change.approved_by
    ):
        yield Problem(
            RULE,
            failed.name,
            f"{told} {override.acknowledged_by} is said to have acknowledged it and has not "
            "approved the change.",
            "Ask them to review it: their approval is their word.",
        )
    else:
        reason = f"{told} Overridden by {override.acknowledged_by}: {override.reason}"
        yield Problem(RULE, failed.name, reason, override.follow_up, blocks=False)


def _is_one(name: str, other: str) -> bool:
    """The code host knows one person by a name in whichever letters."""
    return name.casefold() == other.casefold()


def _entry(entry: Any, where: str) -> Override | Problem:
    told = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    missing = [name for name in FIELDS if not str(told.get(name) or "").strip()]
    if missing:
        lacks = f"It lacks {', '.join(missing)}."
        return Problem(RULE, where, lacks, f"Every override has all of: {_form()}.")
    until = told["until"]
    if not isinstance(until, date):
        return Problem(RULE, where, f"until is {until!r}, no day.", "Write it as 2026-12-31.")
    reason = str(told["reason"]).strip()
    if len(reason) < LEAST_REASON:
        return Problem(
            RULE,
            where,
            f"The reason {reason!r} is too short to be understood in a year.",
            f"Say in a sentence of {LEAST_REASON} letters or more why the warning is right as it is.",
        )
    name = str(told["acknowledged_by"]).strip().removeprefix("@")
    return Override(str(told["check"]), reason, name, str(told["follow_up"]).strip(), until)


def _form() -> str:
    return "{check, reason, acknowledged_by, follow_up, until}"
