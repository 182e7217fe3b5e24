"""What a merchant may set, what holds by default, and how a file of such values is read."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.paths import dbt_project_folder
from hotdash.insights.operations.value_files import ValueFile, day_of, short

WHOLE_SHOP = "shop"
_LARGEST = 10**12


class SettingsFileError(HotdashError):
    code = "invalid_settings_file"


FILE = ValueFile(
    "setting",
    ("setting", "applies_to", "subject", "value"),
    ("effective_from", "reason"),
    SettingsFileError,
)


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
            f"There is no setting {short(name)!r}.",
            hint=f"Use one of {', '.join(known_settings())}.",
        )
    return found


def read_settings(text: str) -> list[Given]:
    """All of the file or nothing of it: the first line that does not fit says where and why."""
    given = [_given(line, told) for line, told in FILE.lines(text)]
    _refuse_twice(given)
    return given


def _given(line: int, told: Mapping[str, str]) -> Given:
    setting = known_settings().get(told["setting"])
    if setting is None:
        names = ", ".join(known_settings())
        raise FILE.wrong(
            line, f"names no setting: {short(told['setting'])!r}", f"Use one of {names}."
        )
    applies_to = told["applies_to"] or WHOLE_SHOP
    if applies_to not in setting.applies_to:
        allowed = ", ".join(setting.applies_to)
        raise FILE.wrong(
            line, f"sets {setting.name} for {short(applies_to)!r}", f"It may be set for {allowed}."
        )
    if (applies_to == WHOLE_SHOP) != (told["subject"] == ""):
        raise FILE.wrong(
            line,
            f"names the subject {short(told['subject'])!r} of {applies_to}",
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
    raise FILE.wrong(
        line,
        f"gives {setting.name} the value {short(written)!r}",
        f"Write whole {setting.unit} from {least} to {_LARGEST}.",
    )


def _day(line: int, written: str) -> date | None:
    if not written:
        return None
    day = day_of(written)
    if day is None:
        raise FILE.wrong(line, f"holds from {short(written)!r}", "Write a day such as 2026-11-01.")
    return day


def _refuse_twice(given: Sequence[Given]) -> None:
    seen = set[tuple[str, str, str, date | None]]()
    for each in given:
        key = (each.setting, each.applies_to, each.subject, each.effective_from)
        if key in seen:
            subject = each.subject or "the shop"
            raise SettingsFileError(
                f"{each.setting} for {short(subject)} is set twice for the same day.",
                hint="Keep one of the lines.",
            )
        seen.add(key)
