"""No key and no password goes into history: taking one out again does not make it secret."""

import re
from collections.abc import Iterator

from hotdash.governance.changes.change import Change, Problem

RULE = "secrets"
_KINDS = {
    "a Shopify token": r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    "a Slack address": r"hooks\.slack\.com/services/T\w+/B\w+/\w{20,}",
    "a Slack token": r"xox[abprs]-[\w-]{20,}",
    "a key of AWS": r"(?<![A-Z0-9])AKIA[0-9A-Z]{16}(?![A-Z0-9])",
    "a key of Google": r"AIza[\w-]{35}",
    "a token of GitHub": r"gh[pousr]_[A-Za-z0-9]{36,}",
    "a token of Meta": r"EAA[A-Za-z0-9]{60,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/]{0,}",
    "a database address with its password": r"postgres(?:ql)?(?:\+\w+)?://[^\s:/@]+:([^\s@/]+)@[\w.-]+",
}
_EXPRESSIONS = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}
# The whole of it: a real password may hold one of these words, or a dot.
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\$?\{+[^{}]*\}+|\$\w+|\*+|\.{3}|…|your[-_]?password|password|secret|example|changeme|pw",
    re.IGNORECASE,
)
_FOR_TRYING = ("tests/", "hotdash/simulators/", "requirements/")


def secret_problems(change: Change) -> Iterator[Problem]:
    """In lines the change adds. The value itself is not told: this text ends in logs."""
    for file in change.files:
        if file.path.startswith(_FOR_TRYING):
            continue
        for place, line in file.added_lines:
            kind = _found(line)
            if kind:
                yield Problem(
                    RULE,
                    f"{file.path}:{place}",
                    f"This looks like {kind}.",
                    "Take it out, keep it with `hotdash connect` or in the environment, and make "
                    "a new one: this one was written down.",
                )


def _found(line: str) -> str | None:
    for kind, expression in _EXPRESSIONS.items():
        found = expression.search(line)
        if found and not (found.groups() and _PLACEHOLDER.fullmatch(found[1])):
            return kind
    return None
