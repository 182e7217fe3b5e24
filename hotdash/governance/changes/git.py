"""A change read from git: everything between a commit and the folder as it stands."""

import subprocess
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from hotdash.base.errors import HotdashError
from hotdash.governance.changes.change import (
    CHANGELOG,
    CODEOWNERS,
    MODELS,
    OVERRIDES,
    PEOPLE,
    TESTS,
    Change,
    FileChange,
)

_READ_WHOLE = (MODELS, TESTS)
_READ = (CHANGELOG, CODEOWNERS, OVERRIDES, PEOPLE)
_LONGEST = 400_000
# What every environment of Python has at its top.
_ENVIRONMENT = "/pyvenv.cfg"


class GitError(HotdashError):
    code = "git_failed"


class Repository:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def root(self) -> Path:
        return Path(self._told("rev-parse", "--show-toplevel").strip())

    def since(
        self, base: str, *, author: str = "", approved_by: frozenset[str] | None = None
    ) -> Change:
        """Held against where the two histories parted: what happened in base since is not ours."""
        start = self.start(base)
        paths = self.paths()
        return Change(
            files=tuple(self._changed(start)),
            paths=frozenset(paths),
            texts={path: text for path in paths if _is_read(path) and (text := self._now(path))},
            author=author,
            approved_by=approved_by,
        )

    def commit_of(self, name: str) -> str:
        """The whole id of a commit; what is none is refused with the mend."""
        found = self._git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
        )
        if found.returncode != 0:
            raise GitError(
                f"There is no commit {name!r} here.",
                hint="Fetch it first: `git fetch origin`; in a workflow, check out with fetch-depth: 0.",
                field="base",
            )
        return found.stdout.strip()

    def committer_of(self, commit: str) -> str:
        return self._told("show", "-s", "--format=%cn <%ce>", self.commit_of(commit)).strip()

    def text_at(self, commit: str, path: str) -> str | None:
        shown = self._git("show", f"{commit}:{path}")
        return shown.stdout if shown.returncode == 0 else None

    def files_at(self, commit: str, folder: str) -> list[str]:
        listed = self._at_root("ls-tree", "--name-only", "-z", commit, f"{folder}/")
        return [path for path in listed.split("\0") if path]

    def start(self, base: str) -> str:
        """Where the two histories parted."""
        commit = self.commit_of(base)
        parted = self._git("merge-base", commit, "HEAD")
        return parted.stdout.strip() if parted.returncode == 0 else commit

    def paths(self) -> list[str]:
        """Everything but what is ignored, and but environments of Python that nobody put into git."""
        untracked = _listed(self._at_root("ls-files", "--others", "--exclude-standard", "-z"))
        environments = tuple(
            path.removesuffix(_ENVIRONMENT) + "/"
            for path in untracked
            if path.endswith(_ENVIRONMENT)
        )
        own = [path for path in untracked if not path.startswith(environments)]
        tracked = _listed(self._at_root("ls-files", "--cached", "-z"))
        return [path for path in sorted({*tracked, *own}) if (self.root / path).is_file()]

    def _changed(self, start: str) -> Iterator[FileChange]:
        names = self._told("diff", "--name-only", "--no-renames", "-z", start).split("\0")
        unknown = self._at_root("ls-files", "--others", "--exclude-standard", "-z").split("\0")
        for path in sorted({*names, *unknown} - {""}):
            yield FileChange(path, self.text_at(start, path), self._now(path))

    def _now(self, path: str) -> str | None:
        file = self.root / path
        if not file.is_file():
            return None
        return file.read_bytes()[:_LONGEST].decode(errors="replace")

    def _at_root(self, *arguments: str) -> str:
        """What ls-files lists is relative to where it is asked."""
        return self._told("-C", str(self.root), *arguments)

    def _told(self, *arguments: str) -> str:
        done = self._git(*arguments)
        if done.returncode != 0:
            raise GitError(
                f"git {' '.join(arguments)} failed in {self._folder}: {done.stderr.strip()}",
                hint="Run the command inside the project's git folder.",
            )
        return done.stdout

    def _git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ["git", "-C", str(self._folder), *arguments],
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except FileNotFoundError:
            raise GitError("git is not installed here.", hint="Install git.") from None


def _listed(told: str) -> list[str]:
    return [path for path in told.split("\0") if path]


def _is_read(path: str) -> bool:
    whole = path.startswith(_READ_WHOLE) and path.endswith((".sql", ".yml"))
    return whole or path in _READ
