"""What a merchant may set, what holds by default, and how a file of such values is read."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import StringIO
from typing import Any

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.paths import dbt_project_folder

WHOLE_SHOP = "shop"
COLUMNS = ("setting", "applies_to", "subject", "value")
OPTIONAL = ("effective_from", "reason")
_LARGEST = 10**12
_FIRST_DAY = date(2000, 1, 1)
_SHOWN = 40


class SettingsFileError(HotdashError):
    code = "invalid_settings_file"


@dataclass(frozen=True, slots=True)
class Known:
    """One setting as warehouse/seeds/operating_settings.csv describes it."""

    name: str
    applies_to: tuple[str, ...]
    default: int | None
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Given:
    setting: str
    applies_to: str
    subject: str
    value: int
    effective_from: date | None
    reason: str


@cache
def known_settings() -> Mapping[str, Known]:
    path = dbt_project_folder() / "seeds" / "operating_settings.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["setting"]: Known(
                row["setting"],
                tuple(row["applies_to"].split()),
                int(row["default_value"]) if row["default_value"] else None,
                row["unit"],
                row["meaning"],
            )
            for row in csv.DictReader(file)
        }


def known_setting(name: str) -> Known:
    found = known_settings().get(name)
    if found is None:
        raise NotFoundError(
            f"There is no setting {_short(name)!r}.",
            hint=f"Use one of {', '.join(known_settings())}.",
        )
    return found


def read_settings(text: str) -> list[Given]:
    """All of the file or nothing of it: the first line that does not fit says where and why."""
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    header = [name.strip() for name in reader.fieldnames or []]
    _require_columns(header)
    reader.fieldnames = header
    given = [_given(reader.line_num, row) for row in _rows(reader)]
    if not given:
        raise SettingsFileError("The file has no values.", hint="Write one line per setting.")
    _refuse_twice(given)
    return given


def _rows(reader: "csv.DictReader[str]") -> Iterable[dict[str | Any, str | Any]]:
    try:
        yield from reader
    except csv.Error as error:
        raise SettingsFileError(
            f"Line {reader.line_num} is no CSV: {error}.", hint="Save the file as CSV in UTF-8."
        ) from None


def _require_columns(header: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in (*COLUMNS, *OPTIONAL)]
    if missing:
        what = f"no column {missing[0]}"
    elif unknown:
        what = f"a column {_short(unknown[0])!r}"
    elif len(set(header)) != len(header):
        what = "a column twice"
    else:
        return
    raise SettingsFileError(
        f"The file has {what}.",
        hint=f"Its first line is {','.join((*COLUMNS, *OPTIONAL))}; the last two may be left out.",
    )


def _given(line: int, row: Mapping[Any, Any]) -> Given:
    if None in row or any(value is None for value in row.values()):
        raise _wrong(line, "has more or fewer values than the first line", "Quote commas.")
    told = {name: str(value).strip() for name, value in row.items()}
    setting = known_settings().get(told["setting"])
    if setting is None:
        names = ", ".join(known_settings())
        raise _wrong(line, f"names no setting: {_short(told['setting'])!r}", f"Use one of {names}.")
    applies_to = told["applies_to"] or WHOLE_SHOP
    if applies_to not in setting.applies_to:
        allowed = ", ".join(setting.applies_to)
        raise _wrong(
            line, f"sets {setting.name} for {_short(applies_to)!r}", f"It may be set for {allowed}."
        )
    if (applies_to == WHOLE_SHOP) != (told["subject"] == ""):
        raise _wrong(
            line,
            f"names the subject {_short(told['subject'])!r} of {applies_to}",
            "Leave the subject empty for the whole shop, and name it otherwise.",
        )
    return Given(
        setting.name,
        applies_to,
        told["subject"],
        _number(line, setting, told["value"]),
        _day(line, told.get("effective_from", "")),
        told.get("reason", "") or "imported",
    )


def _number(line: int, setting: Known, written: str) -> int:
    least = 1 if setting.name == "pack_size" else 0
    is_number = written.isascii() and written.isdecimal() and len(written) <= len(str(_LARGEST))
    if is_number and least <= int(written) <= _LARGEST:
        return int(written)
    raise _wrong(
        line,
        f"gives {setting.name} the value {_short(written)!r}",
        f"Write whole {setting.unit} from {least} to {_LARGEST}.",
    )


def _day(line: int, written: str) -> date | None:
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = date.min
    if day < _FIRST_DAY:
        raise _wrong(line, f"holds from {_short(written)!r}", "Write a day such as 2026-11-01.")
    return day


def _refuse_twice(given: Sequence[Given]) -> None:
    seen = set[tuple[str, str, str, date | None]]()
    for each in given:
        key = (each.setting, each.applies_to, each.subject, each.effective_from)
        if key in seen:
            subject = each.subject or "the shop"
            raise SettingsFileError(
                f"{each.setting} for {_short(subject)} is set twice for the same day.",
                hint="Keep one of the lines.",
            )
        seen.add(key)


def _wrong(line: int, what: str, hint: str) -> SettingsFileError:
    return SettingsFileError(f"Line {line} {what}.", hint=f"{hint} Nothing was imported.")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
