"""What a change is about: which models, metrics and checks it touches."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from hotdash.governance.changes.change import MODELS, TESTS, Change
from hotdash.governance.changes.written import listing, mapping, read

# What decides a number that people steer by, or whom an order is credited to.
_GRAVE = (
    "metrics/",
    "hotdash/insights/metrics/",
    "hotdash/insights/attribution/",
    "warehouse/macros/attribution.sql",
)
_SEVERITY = re.compile(r"'severity'\s*:\s*'(\w+)'")


def grave_paths(change: Change) -> list[str]:
    """The changed files of metrics and attribution; schemas and lists beside them are generated."""
    return [
        each.path
        for each in change.files
        if (each.path.startswith(_GRAVE) or "/attribution/" in each.path)
        and each.path.startswith(("metrics/", "hotdash/", "warehouse/"))
        and not each.path.endswith(".json")
    ]


def changed_models(change: Change) -> list[str]:
    """Those whose statement changed, and those that are described or tested otherwise."""
    named: set[str] = set()
    for each in change.files:
        path = PurePosixPath(each.path)
        if not each.path.startswith(MODELS):
            continue
        if path.suffix == ".sql":
            named.add(path.stem)
        elif path.suffix == ".yml":
            before, after = models_in(each.before or ""), models_in(each.after or "")
            named |= {
                name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
            }
    return sorted(named)


def described_models(texts: Mapping[str, str]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Every described model, with the file that describes it."""
    return {
        name: (path, model)
        for path, text in texts.items()
        if path.startswith(MODELS) and path.endswith(".yml")
        for name, model in models_in(text).items()
    }


def models_in(text: str) -> dict[str, Mapping[str, Any]]:
    return {str(model["name"]): model for model in _entries(text, "models") if "name" in model}


def unit_tested(texts: Mapping[str, str]) -> set[str]:
    return {
        str(test.get("model"))
        for path, text in texts.items()
        if path.startswith(MODELS) and path.endswith(".yml")
        for test in _entries(text, "unit_tests")
    }


def severities(path: str, text: str | None) -> dict[str, str]:
    """Every check that a file declares, and how grave it says to be."""
    if text is None:
        return {}
    file = PurePosixPath(path)
    if path.startswith(TESTS) and file.suffix == ".sql" and "generic" not in file.parts:
        found = _SEVERITY.search(text)
        return {file.stem: found[1]} if found else {}
    if path.startswith(MODELS) and file.suffix == ".yml":
        return dict(_declared(models_in(text).values()))
    return {}


def data_tests(model: Mapping[str, Any]) -> list[Any]:
    return [
        *listing(model.get("data_tests")),
        *(
            test
            for column in listing(model.get("columns"))
            for test in listing(mapping(column).get("data_tests"))
        ),
    ]


def _declared(models: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for model in models:
        for test in data_tests(model):
            for kind, told in mapping(test).items():
                meta = mapping(mapping(mapping(told).get("config")).get("meta"))
                name = mapping(told).get("name") or f"{kind}_{model['name']}"
                yield str(name), str(meta.get("severity", ""))


def _entries(text: str | None, kind: str) -> list[Mapping[str, Any]]:
    return [mapping(each) for each in listing(mapping(read(text)).get(kind))]
