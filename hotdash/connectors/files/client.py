"""Where a loader's tables lie: Parquet files in a folder, or whatever reader the wiring hands in for a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from hotdash.connectors.arrow import open_parquet, together
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError

_PARQUET = ".parquet"


class Tables(Protocol):
    """Names are looked up in lower case; they are read as they are written there."""

    def names(self) -> Sequence[str]: ...

    def columns(self, table: str) -> Sequence[str]: ...

    def read(self, table: str, columns: Sequence[str]) -> pa.Table: ...


@dataclass(frozen=True)
class FolderTables:
    """Each table is one file `<table>.parquet`, or a folder of that name full of them."""

    folder: Path

    def names(self) -> Sequence[str]:
        return list(self._files)

    def columns(self, table: str) -> Sequence[str]:
        names: dict[str, None] = {}
        for path in self._files[table]:
            names |= dict.fromkeys(self._open(path).schema_arrow.names)
        return list(names)

    def read(self, table: str, columns: Sequence[str]) -> pa.Table:
        pieces: list[pa.Table] = []
        for path in self._files[table]:
            file = self._open(path)
            wanted = [name for name in columns if name in file.schema_arrow.names]
            try:
                pieces.append(file.read(columns=wanted))
            except (pa.ArrowException, OSError) as error:
                raise _unreadable(path, error) from error
        try:
            return together(pieces)
        except pa.ArrowException as error:
            raise VendorAnswerError(
                f"The files of the table {table} in {self.folder} do not fit together: {error}",
                hint="Let the loader write them anew, all with the same columns.",
            ) from error

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        if not self.folder.is_dir():
            raise VendorAccessError(
                f"There is no folder {self.folder} with a loader's Parquet files.",
                hint="Mount it, or name another one.",
                field="folder",
            )
        found = {path.stem: [path] for path in sorted(self.folder.glob(f"*{_PARQUET}"))}
        for folder in sorted(each for each in self.folder.iterdir() if each.is_dir()):
            if files := sorted(folder.rglob(f"*{_PARQUET}")):
                found.setdefault(folder.name, []).extend(files)
        return found

    def _open(self, path: Path) -> Any:
        try:
            return open_parquet(path)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> VendorAnswerError:
    return VendorAnswerError(
        f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}",
        hint="Wait until the loader has written it whole, or let it write the file anew.",
    )
