"""CSV files of a merchant's own values: all of a file or nothing of it, and the line that does not fit is named."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from hotdash.base.errors import HotdashError

_FIRST_DAY = date(2000, 1, 1)
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class ValueFile:
    """What the first line of such a file is, and which error tells that a line does not fit."""

    thing: str
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    error: type[HotdashError]

    def lines(self, text: str) -> Iterator[tuple[int, dict[str, str]]]:
        """The number of each line and its values by column, without blanks around them."""
        reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
        header = [name.strip() for name in reader.fieldnames or []]
        self._require_columns(header)
        reader.fieldnames = header
        is_empty = True
        for row in self._rows(reader):
            is_empty = False
            yield reader.line_num, self._values(reader.line_num, row)
        if is_empty:
            raise self.error("The file has no values.", hint=f"Write one line per {self.thing}.")

    def wrong(self, line: int, what: str, hint: str) -> HotdashError:
        return self.error(f"Line {line} {what}.", hint=f"{hint} Nothing was imported.")

    def _rows(self, reader: "csv.DictReader[str]") -> Iterable[dict[str | Any, str | Any]]:
        try:
            yield from reader
        except csv.Error as error:
            raise self.error(
                f"Line {reader.line_num} is no CSV: {error}.", hint="Save the file as CSV in UTF-8."
            ) from None

    def _values(self, line: int, row: Mapping[Any, Any]) -> dict[str, str]:
        if None in row or any(value is None for value in row.values()):
            raise self.wrong(line, "has more or fewer values than the first line", "Quote commas.")
        return {name: str(value).strip() for name, value in row.items()}

    def _require_columns(self, header: Sequence[str]) -> None:
        known = (*self.columns, *self.optional)
        missing = [name for name in self.columns if name not in header]
        unknown = [name for name in header if name not in known]
        if missing:
            what = f"no column {missing[0]}"
        elif unknown:
            what = f"a column {short(unknown[0])!r}"
        elif len(set(header)) != len(header):
            what = "a column twice"
        else:
            return
        left_out = f"; {' and '.join(self.optional)} may be left out" if self.optional else ""
        raise self.error(
            f"The file has {what}.", hint=f"Its first line is {','.join(known)}{left_out}."
        )


def day_of(written: str) -> date | None:
    """None where it is no day of this century."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day >= _FIRST_DAY else None


def short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
