"""A model that is touched is described, owned and tested when it is handed in."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from hotdash.governance.changes.change import MODELS, TESTS, Change, Problem
from hotdash.governance.changes.subjects import (
    changed_models,
    data_tests,
    described_models,
    unit_tested,
)
from hotdash.governance.changes.written import mapping

RULE = "models"
_REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")


def model_problems(change: Change) -> Iterator[Problem]:
    """Of every model the change touches, and that is still there."""
    statements = {
        PurePosixPath(path).stem: path
        for path in change.texts
        if path.startswith(MODELS) and path.endswith(".sql")
    }
    described = described_models(change.texts)
    tested = _tested(change.texts, described)
    for name in changed_models(change):
        if name not in statements:
            continue
        file, model = described.get(name, (statements[name], {}))
        yield from _lacking(name, file, model, name in tested)


def _lacking(name: str, file: str, model: Mapping[str, Any], tested: bool) -> Iterator[Problem]:
    def problem(sentence: str, mend: str) -> Problem:
        return Problem(RULE, file, f"{name} {sentence}", mend)

    if not str(model.get("description") or "").strip():
        yield problem(
            "has no description.",
            "Say in its .yml what one row is: `description: One row per ...`.",
        )
    if not mapping(mapping(model.get("config")).get("meta")).get("owner"):
        yield problem("has no owner.", "Name one in its .yml: `config: {meta: {owner: data}}`.")
    if not tested:
        yield problem(
            "is not tested, and neither is a model that reads it.",
            "Add a data test or a unit test to its .yml; its key is a good first one: `unique_per_shop`.",
        )


def _tested(
    texts: Mapping[str, str], described: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> set[str]:
    """By a check or a unit test of its own, or through a model that reads it and has one."""
    own = {name for name, (_, model) in described.items() if data_tests(model)}
    own |= unit_tested(texts)
    read: set[str] = set()
    for path, text in texts.items():
        if path.startswith(TESTS) and path.endswith(".sql"):
            own |= {*_REF.findall(text)}
        elif path.endswith(".sql") and PurePosixPath(path).stem in own:
            read |= {*_REF.findall(text)}
    return own | read
