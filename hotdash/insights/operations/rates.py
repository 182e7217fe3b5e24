"""How a file of exchange rates is read: one unit of base is rate units of quote, on a day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hotdash.base.currencies import CURRENCIES
from hotdash.base.errors import HotdashError
from hotdash.insights.operations.value_files import ValueFile, day_of, short

_RATE = re.compile(r"[0-9]{1,8}(\.[0-9]{1,10})?")


class RatesFileError(HotdashError):
    code = "invalid_rates_file"


FILE = ValueFile("rate", ("day", "base", "quote", "rate"), (), RatesFileError)


@dataclass(frozen=True, slots=True)
class GivenRate:
    day: date
    base: str
    quote: str
    rate: Decimal


def read_rates(text: str) -> list[GivenRate]:
    """All of the file or nothing of it: the first line that does not fit says where and why."""
    found: dict[tuple[date, str, str], GivenRate] = {}
    for line, told in FILE.lines(text):
        each = _given(line, told)
        key = (each.day, each.base, each.quote)
        if key in found:
            pair = f"{each.base} to {each.quote}"
            raise FILE.wrong(line, f"gives {pair} on {each.day} again", "Keep one of the lines.")
        found[key] = each
    return list(found.values())


def _given(line: int, told: Mapping[str, str]) -> GivenRate:
    day = day_of(told["day"])
    if day is None:
        raise FILE.wrong(
            line, f"is of the day {short(told['day'])!r}", "Write a day such as 2026-11-01."
        )
    base, quote = (_currency(line, told[name]) for name in ("base", "quote"))
    if base == quote:
        raise FILE.wrong(
            line, f"converts {base} to itself", "Name another currency, or take the line out."
        )
    return GivenRate(day, base, quote, _rate(line, told["rate"]))


def _currency(line: int, written: str) -> str:
    if written.upper() in CURRENCIES:
        return written.upper()
    raise FILE.wrong(
        line, f"names the currency {short(written)!r}", "Write an ISO code such as EUR."
    )


def _rate(line: int, written: str) -> Decimal:
    if _RATE.fullmatch(written) and (rate := Decimal(written)) > 0:
        return rate
    raise FILE.wrong(
        line,
        f"gives the rate {short(written)!r}",
        "Write a number above 0 such as 1.0842, with a point, at most 8 digits before it and 10 behind.",
    )
