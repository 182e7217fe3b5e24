"""A change as the rules see it: files before and after, who made it, and who has agreed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import ndiff

CHANGELOG = "CHANGELOG.md"
CODEOWNERS = "CODEOWNERS"
OVERRIDES = ".github/overrides.yml"
PEOPLE = ".github/people.yml"
MODELS = "warehouse/models/"
TESTS = "warehouse/tests/"


@dataclass(frozen=True)
class FileChange:
    """None before: it is new. None after: it is gone."""

    path: str
    before: str | None
    after: str | None

    @property
    def added_lines(self) -> list[tuple[int, str]]:
        """With their place in the file as it is now."""
        if self.after is None:
            return []
        if self.before is None:
            return [*enumerate(self.after.splitlines(), 1)]
        return [*_added(self.before.splitlines(), self.after.splitlines())]


@dataclass(frozen=True)
class Change:
    """The texts are those of the models, the owners and the rules' own files, as they are now.

    Who agreed is None where nobody can know it, as on somebody's own machine.
    """

    files: tuple[FileChange, ...]
    paths: frozenset[str]
    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    author: str = ""
    approved_by: frozenset[str] | None = None

    def file(self, path: str) -> FileChange | None:
        return next((each for each in self.files if each.path == path), None)


@dataclass(frozen=True)
class Problem:
    """One thing that lacks. What does not block is told, and asks for somebody to look."""

    rule: str
    where: str
    sentence: str
    mend: str
    blocks: bool = True


def _added(before: list[str], after: list[str]) -> Iterator[tuple[int, str]]:
    place = 0
    for line in ndiff(before, after):
        if line[:2] in ("  ", "+ "):
            place += 1
        if line.startswith("+ "):
            yield place, line[2:]
