"""A throw-away fork: a git repository that keeps every rule, until a test breaks one."""

import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from hotdash.governance.changes.change import Change, Problem
from hotdash.governance.changes.git import Repository
from hotdash.governance.changes.overrides import FailedCheck
from hotdash.governance.changes.rules import judge

TODAY = date(2026, 11, 26)
FILES = {
    "CODEOWNERS": "* @shop/all\n/metrics/ @shop/finance\n/warehouse/ @shop/data\n/.github/ @shop/data\n",
    "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n- The shop.\n\n"
    "## [1.0.0] - 2026-01-31\n\n### Added\n- Everything.\n",
    ".github/people.yml": "managers: [mia]\nteam: shop/data\n",
    "metrics/revenue.yml": "name: revenue\n",
    "warehouse/models/marts/fct_sales.sql": "select * from {{ ref('stg_sales') }}\n",
    "warehouse/models/marts/fct_sales.yml": """\
models:
  - name: fct_sales
    description: One row per sale.
    config: {meta: {owner: data}}
    data_tests:
      - unique_per_shop:
          name: sales_are_unique
          config: {meta: {severity: blocking}}
  - name: stg_sales
    description: One row per sale, as told.
    config: {meta: {owner: data}}
""",
    "warehouse/models/staging/stg_sales.sql": "select 1\n",
    "warehouse/tests/assert_sales_sound.sql": "{{ config(meta={'severity': 'blocking'}) }} select 1\n",
}


@dataclass
class Fork:
    folder: Path
    base: str = ""

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def edit(self, path: str, before: str, after: str) -> None:
        text = (self.folder / path).read_text()
        assert before in text
        self.write(path, text.replace(before, after, 1))

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@shop.example")
        return subprocess.run(
            ["git", "-C", str(self.folder), *who, *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A change")
        return self.git("rev-parse", "HEAD")

    def tell(self, line: str = "- Revenue counts gift wrapping.") -> None:
        self.edit("CHANGELOG.md", "- The shop.", f"- The shop.\n{line}")

    def change(self, *approved_by: str, author: str = "ann", known: bool = True) -> Change:
        agreed = frozenset(approved_by) if known else None
        return Repository(self.folder).since(self.base, author=author, approved_by=agreed)

    def problems(self, *approved_by: str, failed: tuple[FailedCheck, ...] = ()) -> list[Problem]:
        return judge(self.change(*(approved_by or ("bob",))), TODAY, failed)

    def broken(self, *approved_by: str, failed: tuple[FailedCheck, ...] = ()) -> set[str]:
        """The rules that block."""
        found = self.problems(*approved_by, failed=failed)
        return {each.rule for each in found if each.blocks}


@pytest.fixture
def fork(tmp_path: Path) -> Fork:
    made = Fork(tmp_path / "fork")
    made.folder.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    for path, text in FILES.items():
        made.write(path, text)
    made.base = made.commit()
    return made
