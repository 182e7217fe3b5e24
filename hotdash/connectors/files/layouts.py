"""How a loader lays its tables out: which table and column, or which nested list, holds what."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

Names = tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """One table of the loader: for each of our fields the names it may have there, the first counts.

    `ignored` are patterns of the loader's other columns: known, and not wanted. A table that need
    not be there says what its lack `costs`, or nothing where another one may stand in its place.
    """

    table: str
    fields: Mapping[str, Names]
    ignored: Names = ()
    needed: bool = True
    costs: str = ""

    def is_ignored(self, column: str) -> bool:
        return any(fnmatchcase(column, pattern) for pattern in self.ignored)


@dataclass(frozen=True)
class Nested:
    """A list inside rows of `inside`, in this column; paths are dotted, `^` leads to the row it lies in.

    `.` is the element itself, where it is a plain value.
    """

    inside: str
    column: str
    fields: Mapping[str, Names]


@dataclass(frozen=True)
class Layout:
    """`synced` tells when the loader last wrote a row, `deleted` that the vendor has it no longer."""

    loader: str
    synced: Names
    deleted: Names
    sources: Mapping[str, Source]
    nested: Mapping[str, Nested]

    def source_of(self, part: str) -> Source | None:
        """The table that a part lies in, as its rows or inside them."""
        while part in self.nested:
            part = self.nested[part].inside
        return self.sources.get(part)


def same(*names: str) -> dict[str, Names]:
    return {name: (name,) for name in names}
