"""A shop's decisions as a source like any other: models join what people decided, at the day it took effect."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import pyarrow as pa

from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.connectors.contract import (
    Cursor,
    Event,
    MissingScope,
    RawKind,
    RawTable,
    Reached,
    Rows,
)

SOURCE = "hotdash"

METRIC_POLICIES = RawTable(
    "metric_policies",
    RawKind.SLICE,
    ("policy", "effective_from"),
    pa.schema(
        [
            ("policy", pa.string()),
            ("value", pa.string()),
            ("effective_from", pa.date32()),
            ("decided_at", pa.timestamp("us", tz="UTC")),
        ]
    ),
)

OPERATING_SETTINGS = RawTable(
    "operating_settings",
    RawKind.SLICE,
    ("setting", "applies_to", "subject", "effective_from"),
    pa.schema(
        [
            ("setting", pa.string()),
            ("applies_to", pa.string()),
            ("subject", pa.string()),
            ("value", pa.int64()),
            ("effective_from", pa.date32()),
            ("decided_at", pa.timestamp("us", tz="UTC")),
        ]
    ),
)

EXCHANGE_RATES = RawTable(
    "exchange_rates",
    RawKind.SLICE,
    ("day", "base", "quote"),
    pa.schema(
        [
            ("day", pa.date32()),
            ("base", pa.string()),
            ("quote", pa.string()),
            ("rate", pa.decimal128(18, 10)),
            ("imported_at", pa.timestamp("us", tz="UTC")),
        ]
    ),
)


class Policy(Protocol):
    @property
    def policy(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def decided_at(self) -> datetime: ...


class Setting(Protocol):
    @property
    def setting(self) -> str: ...
    @property
    def applies_to(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def value(self) -> int: ...
    @property
    def effective_from(self) -> date: ...
    @property
    def decided_at(self) -> datetime: ...


class Rate(Protocol):
    @property
    def day(self) -> date: ...
    @property
    def base(self) -> str: ...
    @property
    def quote(self) -> str: ...
    @property
    def rate(self) -> Decimal | None: ...
    @property
    def imported_at(self) -> datetime: ...


@dataclass(frozen=True)
class PolicySource:
    """Every load is the lists of decisions as they stand, so the newest load says it all.

    Exchange rates are too many for that: a load has those of the months in which one is news.
    """

    policies: Sequence[Policy]
    clock: Clock
    settings: Sequence[Setting] = ()
    rates: Sequence[Rate] = ()

    @property
    def vendor(self) -> str:
        return SOURCE

    @property
    def tables(self) -> Sequence[RawTable]:
        return (METRIC_POLICIES, OPERATING_SETTINGS, EXCHANGE_RATES)

    def check(self) -> Sequence[MissingScope]:
        """They come from our own database: there is nobody to ask."""
        return ()

    def is_news(self, cursor: Cursor | None) -> bool:
        return cursor is None or cursor != self._reached()

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        del progress
        now = self.clock.now()
        told: dict[RawTable, Sequence[object]] = {
            METRIC_POLICIES: self.policies,
            OPERATING_SETTINGS: self.settings,
            EXCHANGE_RATES: self._rates_since(cursor or {}),
        }
        for table, decided in told.items():
            names = table.schema.names
            records = [{name: getattr(each, name) for name in names} for each in decided]
            yield Rows(table, pa.Table.from_pylist(records, schema=table.schema), now)
        yield Reached(self._reached(), now)

    def _reached(self) -> dict[str, str]:
        return {"fingerprint": self._fingerprint(), **self._rate_months()}

    def _rates_since(self, cursor: Cursor) -> list[Rate]:
        news = {month for month, mark in self._rate_months().items() if cursor.get(month) != mark}
        return [each for each in self.rates if _rate_month(each) in news]

    def _rate_months(self) -> dict[str, str]:
        """By month a mark that is another one as soon as one of its rates is."""
        months: dict[str, list[str]] = {}
        for each in self.rates:
            rate = "" if each.rate is None else f"{each.rate:f}"
            line = f"{each.day}:{each.base}/{each.quote}={rate}@{each.imported_at}"
            months.setdefault(_rate_month(each), []).append(line)
        return {month: _mark(sorted(lines)) for month, lines in months.items()}

    def _fingerprint(self) -> str:
        policies = sorted(
            f"{policy.policy}={policy.value}@{policy.effective_from}/{policy.decided_at}"
            for policy in self.policies
        )
        settings = sorted(
            f"{each.setting}:{each.applies_to}:{each.subject}={each.value}"
            f"@{each.effective_from}/{each.decided_at}"
            for each in self.settings
        )
        # With the names of the tables, so that a new one is made before any model reads it.
        return _mark([*policies, OPERATING_SETTINGS.name, *settings, EXCHANGE_RATES.name])


def _rate_month(rate: Rate) -> str:
    return f"rates {rate.day:%Y-%m}"


def _mark(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
