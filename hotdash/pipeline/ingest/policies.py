"""A shop's decisions as a source like any other: models join what people decided, at the day it took effect."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True)
class PolicySource:
    """Every load is both lists as they stand, so the newest load says it all."""

    policies: Sequence[Policy]
    clock: Clock
    settings: Sequence[Setting] = ()

    @property
    def vendor(self) -> str:
        return SOURCE

    @property
    def tables(self) -> Sequence[RawTable]:
        return (METRIC_POLICIES, OPERATING_SETTINGS)

    def check(self) -> Sequence[MissingScope]:
        """They come from our own database: there is nobody to ask."""
        return ()

    def is_news(self, cursor: Cursor | None) -> bool:
        return cursor is None or cursor.get("fingerprint") != self._fingerprint()

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        del cursor, progress
        now = self.clock.now()
        for table, decided in (
            (METRIC_POLICIES, self.policies),
            (OPERATING_SETTINGS, self.settings),
        ):
            names = table.schema.names
            records = [{name: getattr(each, name) for name in names} for each in decided]
            yield Rows(table, pa.Table.from_pylist(records, schema=table.schema), now)
        yield Reached({"fingerprint": self._fingerprint()}, now)

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
        lines = [*policies, OPERATING_SETTINGS.name, *settings]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()
