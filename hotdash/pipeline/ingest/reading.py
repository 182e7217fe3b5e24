"""One pass over a connector's events: what lands, in batches, and what was told on the way."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.connectors.contract import Connector, Drift, Event, Reached
from hotdash.pipeline.ingest.landing import Landed, Stamp

BATCH_ROWS = 20_000


class SourceFailedError(UnavailableError):
    """The source or its connector failed, not the warehouse: other shops can go on."""

    code = "source_failed"

    @classmethod
    def known(cls, error: HotdashError) -> "SourceFailedError":
        failed = cls(error.message, hint=error.hint, field=error.field)
        failed.code = error.code
        return failed


@dataclass
class SourceReading:
    connector: Connector
    stamp: Stamp
    events: Iterable[Event]
    rows: Counter[str] = field(default_factory=Counter[str])
    reached: Reached | None = None
    drifts: list[Drift] = field(default_factory=list[Drift])
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
                    yield self.stamp.land(event)
        except HotdashError as error:
            raise SourceFailedError.known(error) from error
        except Exception as error:
            raise SourceFailedError(
                f"Reading {self.connector.vendor} of {self.stamp.shop_id} failed: "
                f"{type(error).__name__}: {error}.",
                hint="Nothing of it was kept. The log has the whole error; run again.",
            ) from error
