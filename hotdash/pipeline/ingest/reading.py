"""One pass over a connector's events: what lands, in batches, and what was told on the way."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.connectors.contract import Connector, Drift, Event, Reached, Unreadable
from hotdash.pipeline.ingest.landing import Landed, Stamp

BATCH_ROWS = 20_000
MOST_REASONS = 1000


class SourceFailedError(UnavailableError):
    """The source or its connector failed, not the warehouse: other shops can go on."""

    code = "source_failed"

    @classmethod
    def known(cls, error: HotdashError) -> "SourceFailedError":
        failed = cls(error.message, hint=error.hint, field=error.field)
        failed.code = error.code
        return failed


@dataclass
class Refusals:
    """How many records of each table were refused in a load, and one of them per reason."""

    counts: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    samples: dict[tuple[str, str], Unreadable] = field(
        default_factory=dict[tuple[str, str], Unreadable]
    )

    def note(self, event: Unreadable) -> None:
        self.counts[event.table.name] += 1
        key = (event.table.name, event.reason.partition(": ")[0])
        if key in self.reasons or len(self.reasons) < MOST_REASONS:
            self.reasons[key] += 1
            self.samples.setdefault(key, event)

    def because_of(self, table: str, field_name: str) -> list[tuple[str, str]]:
        return [key for key in self.reasons if key[0] == table and _names(key[1], field_name)]


def _names(reason: str, field_name: str) -> bool:
    return field_name in reason.removesuffix(" is missing").removesuffix(" is empty").split(", ")


@dataclass
class SourceReading:
    connector: Connector
    stamp: Stamp
    events: Iterable[Event]
    rows: Counter[str] = field(default_factory=Counter[str])
    reached: Reached | None = None
    drifts: list[Drift] = field(default_factory=list[Drift])
    refusals: Refusals = field(default_factory=Refusals)
    _waiting: dict[str, list[pa.Table]] = field(default_factory=dict[str, list[pa.Table]])

    def batches(self) -> Iterator[Landed]:
        for name, data in self._landed():
            self.rows[name] += data.num_rows
            if not data.num_rows:
                continue
            pieces = self._waiting.setdefault(name, [])
            pieces.append(data)
            if sum(piece.num_rows for piece in pieces) >= BATCH_ROWS:
                yield name, pa.concat_tables(self._waiting.pop(name))
        for name, pieces in self._waiting.items():
            yield name, pa.concat_tables(pieces)

    def end(self) -> Reached:
        """How far the source was read; without a word about it the load must not count."""
        if self.reached is None:
            raise SourceFailedError(
                f"Reading {self.connector.vendor} of {self.stamp.shop_id} stopped before its end.",
                hint="Nothing of it was kept; run again. If it stays, the connector is broken.",
            )
        return self.reached

    def _landed(self) -> Iterator[Landed]:
        try:
            for event in self.events:
                if isinstance(event, Reached):
                    self.reached = event
                elif isinstance(event, Drift):
                    self.drifts.append(event)
                else:
                    if isinstance(event, Unreadable):
                        self.refusals.note(event)
                    yield self.stamp.land(event)
        except HotdashError as error:
            raise SourceFailedError.known(error) from error
        except Exception as error:
            raise SourceFailedError(
                f"Reading {self.connector.vendor} of {self.stamp.shop_id} failed: "
                f"{type(error).__name__}: {error}.",
                hint="Nothing of it was kept. The log has the whole error; run again.",
            ) from error
