"""No key and no password goes into history: taking one out again does not make it secret."""

from collections.abc import Iterator

from hotdash.base.secret_shapes import secret_kind
from hotdash.governance.changes.change import Change, Problem

RULE = "secrets"
# Values made up for tests and simulators look like the real ones, so that the real rules meet them.
FOR_TRYING = ("tests/", "hotdash/simulators/", "requirements/")


def secret_problems(change: Change) -> Iterator[Problem]:
    """In lines the change adds. The value itself is not told: this text ends in logs."""
    for file in change.files:
        if file.path.startswith(FOR_TRYING):
            continue
        for place, line in file.added_lines:
            kind = secret_kind(line)
            if kind:
                yield Problem(
                    RULE,
                    f"{file.path}:{place}",
                    f"This looks like {kind}.",
                    "Take it out, keep it with `hotdash connect` or in the environment, and make "
                    "a new one: this one was written down.",
                )
