"""Every path has owners: whom the code host asks to review is not left to chance."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from hotdash.governance.changes.change import CODEOWNERS, Change, Problem

RULE = "owners"
# Whoever owns everything else does not thereby own these.
OWNED_BY_NAME = ("metrics/", "warehouse/", "hotdash/insights/attribution/", ".github/")
_OWNER = re.compile(r"@[\w.-]+(/[\w.-]+)?|[^\s@]+@[^\s@]+")
_MOST_TOLD = 5


@dataclass(frozen=True)
class Ownership:
    pattern: str
    owners: tuple[str, ...]
    line: int


def parse_owners(text: str) -> list[Ownership]:
    rules: list[Ownership] = []
    for place, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if words:
            rules.append(Ownership(words[0], tuple(words[1:]), place))
    return rules


def owners_of(path: str, rules: Sequence[Ownership]) -> tuple[str, ...]:
    """The last rule that matches holds, as on the code host; one without names takes owners away."""
    rule = _ruling(path, rules)
    return rule.owners if rule else ()


def owner_problems(change: Change) -> Iterator[Problem]:
    text = change.texts.get(CODEOWNERS)
    if text is None:
        yield Problem(
            RULE,
            CODEOWNERS,
            "There is no CODEOWNERS.",
            "Write one with `* @team` as its first line.",
        )
        return
    rules = parse_owners(text)
    for rule in rules:
        for owner in rule.owners:
            if not _OWNER.fullmatch(owner):
                yield Problem(
                    RULE,
                    f"{CODEOWNERS}:{rule.line}",
                    f"{owner!r} is nobody the code host knows.",
                    "Write @name, @company/team or an e-mail address.",
                )
    yield from _uncovered(sorted(change.paths), rules)


def _uncovered(paths: Sequence[str], rules: Sequence[Ownership]) -> Iterator[Problem]:
    orphans = [path for path in paths if not owners_of(path, rules)]
    for path in orphans[:_MOST_TOLD]:
        more = f" ({len(orphans)} such paths)" if len(orphans) > _MOST_TOLD else ""
        yield Problem(
            RULE,
            path,
            f"{path} has no owner{more}.",
            f"Add a line with its folder and its owners to {CODEOWNERS}; later lines win.",
        )
    for folder in OWNED_BY_NAME:
        inside = [path for path in paths if path.startswith(folder)]
        rule = _ruling(inside[0], rules) if inside else None
        if rule is not None and rule.pattern == "*":
            yield Problem(
                RULE,
                CODEOWNERS,
                f"{folder} belongs to whoever owns everything else.",
                f"Add a line `/{folder} @team` with those who know it.",
            )


def _ruling(path: str, rules: Sequence[Ownership]) -> Ownership | None:
    return next((rule for rule in reversed(rules) if _expression(rule.pattern).match(path)), None)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """Like .gitignore: a slash within anchors, one at the end means all below, ** crosses folders."""
    anchored = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    told = "".join(
        {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))
        for part in re.split(r"(\*\*/|\*\*|\*|\?)", body)
    )
    start = "" if anchored else "(?:.*/)?"
    # A star names files of one folder, a plain name also everything below it.
    end = "/.*" if pattern.endswith("/") else "" if body.endswith("*") else "(?:/.*)?"
    if pattern == "*":
        end = "(?:/.*)?"
    return re.compile(f"^{start}{told}{end}$")
