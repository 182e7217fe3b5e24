"""Which page an alert's name leads to: its own, that of its family, or its place among the warnings."""

import re
from functools import cache
from pathlib import Path

from hotdash.base.paths import runbooks_folder

HOME = "/runbooks/"
INDEX = "index"
_WARNINGS = "warnings"
_README = "README"
# Checks that are made of a source or table have a name each and one page together.
_FAMILIES = {
    r"freshness_.+": "freshness",
    r"key_of_.+_accepted": "key",
    r"schema_drift_.+": "drift",
    r"(staged|served)_rows_.+": "parity",
    r"volume_.+|aov_.+|.+_(doubled|tripled|above_twice_the_average|rose_fivefold)": "volume",
    r"job|jobs\..+": "jobs",
    r"digest": "weekly-digest",
}


def address_of(name: str) -> str | None:
    """Where the page of an alert, check or family stands; None where nobody wrote one."""
    page = name.rstrip("/") or INDEX
    if page in runbooks():
        return _address(page)
    if f"checks/{page}" in runbooks():
        return _address(f"checks/{page}")
    if re.search(rf"^## {re.escape(page)}$", _text(_WARNINGS), re.MULTILINE):
        return f"{_address(_WARNINGS)}#{page}"
    return next(
        (_address(to) for pattern, to in _FAMILIES.items() if re.fullmatch(pattern, page)), None
    )


@cache
def runbooks() -> dict[str, Path]:
    """By name; a name that is asked for never becomes a path by itself."""
    folder = runbooks_folder()
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.md")
    }
    return {(INDEX if name == _README else name): path for name, path in found.items()}


@cache
def _text(name: str) -> str:
    file = runbooks().get(name)
    return file.read_text(encoding="utf-8") if file else ""


def _address(name: str) -> str:
    return HOME + ("" if name == INDEX else name)
