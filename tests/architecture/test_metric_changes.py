"""What this commit and this folder change about metrics/, held against the commit before."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

from hotdash.insights.metrics.changes import Versions, ungoverned
from hotdash.insights.metrics.registry import load_registry, parse_metric

ROOT = Path(__file__).resolve().parents[2]


def git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else ""


@cache
def before() -> str:
    """A merge is held against what it was merged into."""
    return git("rev-parse", "--verify", "--quiet", "HEAD^1").strip()


def versions_at(commit: str) -> Versions:
    files = git("ls-tree", "--name-only", f"{commit}:metrics").split()
    metrics = [
        parse_metric(name, git("show", f"{commit}:metrics/{name}"))
        for name in files
        if name.endswith(".yml")
    ]
    return {(metric.name, metric.version): metric for metric in metrics}


def test_no_definition_changes_unnoticed() -> None:
    if not git("rev-parse", "--is-inside-work-tree"):
        pytest.skip("there is no history here to hold it against")
    assert before(), "the commit before is missing: fetch with a depth of two or more"
    now = {(metric.name, metric.version): metric for metric in load_registry(ROOT / "metrics")}
    added = "\n".join(
        line[1:]
        for line in git("diff", before(), "--", "CHANGELOG.md").splitlines()
        if line.startswith("+") and not line.startswith("+++")
    )
    assert not [*ungoverned(versions_at(before()), now, added)]


def test_the_commit_before_had_metrics() -> None:
    if not before():
        pytest.skip("there is no history here to hold it against")
    assert versions_at(before())
