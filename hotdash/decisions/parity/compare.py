"""Two streams in the order of their keys, merged: neither side is ever held whole."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from hotdash.base.clock import local_day
from hotdash.base.parity import Parity, Place, Side, row_hash
from hotdash.decisions.parity.canonical import canonical, instant_of
from hotdash.storage.appdb.repositories.mirror_rows import MirroredTable

Row = Mapping[str, Any]
Standing = Callable[[Collection[str]], set[str]]
_BEYOND_AT_ONCE = 1_000


class Comparison:
    """Of one table of one shop. What theirs has beyond ours may be newer: then it stands here by now."""

    def __init__(
        self,
        parity: Parity,
        mirrored: MirroredTable,
        shop_id: str,
        timezone: str,
        standing: Standing,
    ) -> None:
        self._parity = parity
        self._mirrored = mirrored
        self._shop_id = shop_id
        self._timezone = timezone
        self._standing = standing
        self._beyond: dict[str, Row] = {}

    def merge(self, ours: Iterable[tuple[Row, bool]], theirs: Iterable[Row]) -> None:
        """Rows that still wait are compared with nothing, whether they have arrived or not."""
        own, other = iter(ours), iter(theirs)
        mine, yours = next(own, None), next(other, None)
        while mine is not None or yours is not None:
            my_key = None if mine is None else self._key(mine[0])
            your_key = None if yours is None else self._key(yours)
            if mine is not None and (your_key is None or (my_key or "") < your_key):
                if not mine[1]:
                    self._missing(mine[0])
                mine = next(own, None)
            elif yours is not None and (my_key is None or (your_key or "") < my_key):
                self._keep_beyond(your_key or "", yours)
                yours = next(other, None)
            elif mine is not None and yours is not None:
                if not mine[1]:
                    self._both(mine[0], yours)
                mine, yours = next(own, None), next(other, None)
        self._tell_beyond()

    def _keep_beyond(self, key: str, row: Row) -> None:
        self._beyond[key] = row
        if len(self._beyond) >= _BEYOND_AT_ONCE:
            self._tell_beyond()

    def _tell_beyond(self) -> None:
        newer = self._standing(self._beyond) if self._beyond else set[str]()
        for key, row in self._beyond.items():
            if key not in newer:
                place = self._place(row)
                self._count(self._parity.at(place).theirs, row)
                self._parity.extra(place)
        self._beyond.clear()

    def _missing(self, row: Row) -> None:
        place = self._place(row)
        self._count(self._parity.at(place).ours, row)
        self._parity.missing(place)

    def _both(self, mine: Row, yours: Row) -> None:
        place = self._place(mine)
        day = self._parity.at(place)
        self._count(day.ours, mine)
        self._count(day.theirs, yours)
        differing = [name for name, one, other in self._pairs(mine, yours) if one != other]
        if differing:
            self._parity.changed(place, differing)

    def _pairs(self, mine: Row, yours: Row) -> Iterator[tuple[str, str, str]]:
        for name, kind in self._mirrored.columns.items():
            yield name, canonical(kind, mine[name]), canonical(kind, yours[name])

    def _count(self, side: Side, row: Row) -> None:
        texts = [canonical(kind, row[name]) for name, kind in self._mirrored.columns.items()]
        summed = "value" in self._mirrored.columns and row["value"] is not None
        sums = {"value": Decimal(str(row["value"]))} if summed else {}
        side.add(1, row_hash(texts), sums)

    def _key(self, row: Row) -> str:
        return canonical("uuid", row[self._mirrored.id])

    def _place(self, row: Row) -> Place:
        day = local_day(instant_of(row[self._mirrored.instant]), self._timezone)
        return Place(self._shop_id, self._mirrored.name, day.isoformat())
