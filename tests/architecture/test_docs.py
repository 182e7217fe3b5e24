"""Docs that fall behind fail the build."""

import re
from pathlib import Path

import pytest

from docs.write_reference import FOLDER, pages

ROOT = Path(__file__).resolve().parents[2]
PAPERS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("benchmarks/*.md")]
)


@pytest.mark.parametrize(
    "name",
    ["settings.md", "cli.md", "roles.md", "metrics.md", "mcp.md", "backfill-authorisation.md"],
)
def test_reference_is_what_the_code_says(name: str) -> None:
    written = (FOLDER / name).read_text()
    assert written == pages()[name], "run `make docs`"


def test_there_is_no_reference_page_that_nothing_writes() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(pages())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(paper: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", paper.read_text())
    dead = [
        target for target in targets if "://" not in target and not (paper.parent / target).exists()
    ]
    assert not dead


def test_every_folder_of_the_tree_has_its_line() -> None:
    architecture = (ROOT / "docs/architecture.md").read_text()
    floors = [
        folder.name for folder in (ROOT / "hotdash").iterdir() if (folder / "__init__.py").is_file()
    ]
    missing = [floor for floor in floors if f"{floor}/" not in architecture]
    assert not missing


def test_commands_that_the_papers_name_exist() -> None:
    named = {name for paper in PAPERS for name in re.findall(r"`make ([a-z]+)", paper.read_text())}
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named <= targets


def test_hotdash_commands_that_the_papers_name_exist() -> None:
    reference = pages()["cli.md"]
    named = {
        name
        for paper in PAPERS
        for name in re.findall(r"`hotdash ([a-z][a-z-]*)", paper.read_text())
    }
    known = set(re.findall(r"## `hotdash ([a-z][a-z-]*)", reference))
    assert named <= known
