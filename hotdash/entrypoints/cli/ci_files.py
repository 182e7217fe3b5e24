"""What the code host tells and takes as JSON: events, reviews, comments, issues."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from hotdash.base.errors import NotFoundError
from hotdash.governance.changes.change import Problem
from hotdash.governance.changes.overrides import FollowUp


def read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text())
    except FileNotFoundError:
        raise NotFoundError(
            f"There is no file {file}.", hint="Look at the step before, which writes it."
        ) from None
    except ValueError as error:
        raise NotFoundError(
            f"{file} is not JSON: {error}", hint="Look at the step before, which writes it."
        ) from None


def write_json(file: Path | None, document: object) -> None:
    if file is not None:
        file.write_text(json.dumps(document, indent=2) + "\n")


def author_in(event: Any) -> str:
    """Who opened the pull request, of the event's own file."""
    return str(_at(event, "pull_request", "user", "login") or "")


def base_in(event: Any) -> str | None:
    found = _at(event, "pull_request", "base", "sha") or _at(event, "before")
    return str(found) if found else None


def approved_by(reviews: Any) -> frozenset[str]:
    """A later word of the same person counts; a mere comment takes nothing back."""
    last: dict[str, str] = {}
    for review in cast("list[Any]", reviews):
        name, state = _at(review, "user", "login"), str(_at(review, "state") or "").upper()
        if name and state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED"):
            last[str(name)] = state
    return frozenset(name for name, state in last.items() if state == "APPROVED")


def problems_in(file: Path) -> list[Problem]:
    told: Any = read_json(file)
    listed: list[Any] = told["problems"]
    return [_problem(each) for each in listed]


def _problem(told: Any) -> Problem:
    return Problem(
        str(told["rule"]),
        str(told["where"]),
        str(told["sentence"]),
        str(told["mend"]),
        bool(told.get("blocks", True)),
    )


def write_issues(folder: Path, entries: Sequence[FollowUp]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for place, entry in enumerate(entries, 1):
        told = {"title": entry.title, "body": entry.text, "labels": ["follow-up"]}
        write_json(folder / f"{place:02}.json", told)


def problems_document(problems: Sequence[Problem]) -> dict[str, Any]:
    return {
        "passed": not any(each.blocks for each in problems),
        "problems": [asdict(each) for each in problems],
    }


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
    return value
