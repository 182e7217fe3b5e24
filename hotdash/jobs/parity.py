"""Serving against what was published and the mirror against what we have: artifact, alert, and who was off."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.artifacts import PARITY
from hotdash.base.clock import Clock, file_stamp, iso_utc
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.parity import Parity, Side
from hotdash.decisions.parity.compare import Comparison
from hotdash.decisions.parity.remote import MirrorDoor, MirrorReader
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.notify_findings import end, open_found
from hotdash.jobs.send_alerts import send_alerts
from hotdash.notifications.message import Severity
from hotdash.pipeline.publish.served_days import SERVING, Built, BuiltRows, Row, compare_served
from hotdash.storage.appdb.repositories import alerts
from hotdash.storage.appdb.repositories.alerts import JOB, NewAlert
from hotdash.storage.appdb.repositories.mirror_parity import rows_to_mirror, standing
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED, MirroredTable
from hotdash.storage.appdb.repositories.mirrors import read_mirror
from hotdash.storage.appdb.repositories.publications import Entry, editions_of, pointer_of
from hotdash.storage.appdb.repositories.shops import ShopRecord, list_shops
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import PublishedMart
from hotdash.storage.warehouse.contract import Warehouse

MIRROR = "mirror"
KEPT_ARTIFACTS = 60
_NAMED = 5
_MENDS = {
    SERVING: "The next publication puts the published rows back; find out who else writes to serving.",
    MIRROR: "Find out who else writes to the project; rows that were given up are sent again by a re-drive.",
}

OpenWarehouse = Callable[[], AbstractContextManager[Warehouse]]


class LentRows:
    """The warehouse is opened for what differs, and only if nobody works with it."""

    def __init__(self, opened: OpenWarehouse) -> None:
        self._opened = opened

    def __call__(self, shop_id: str, mart: PublishedMart, entry: Entry) -> Sequence[Row] | None:
        try:
            with self._opened() as warehouse:
                return BuiltRows(warehouse)(shop_id, mart, entry)
        except ConflictError:
            return None


@dataclass(frozen=True)
class RowsOfShop:
    mirrored: MirroredTable
    shop_id: str
    timezone: str


def serving_parity(database: Database, built: Built, shop: str | None = None) -> Parity:
    parity = Parity(SERVING)
    with database.snapshot() as session:
        for each in _shops(list_shops(session), shop):
            pointer = pointer_of(session, each.shop_id)
            if pointer is not None:
                published = editions_of(session, each.shop_id, pointer.manifest_id)
                compare_served(parity, session, each.shop_id, published, built)
    return parity


def mirror_parity(database: Database, door: MirrorDoor, shop: str | None = None) -> Parity:
    parity = Parity(MIRROR)
    reader = MirrorReader(door)
    try:
        with database.snapshot() as session:
            known = list_shops(session)
        zones = {each.shop_id: each.timezone for each in _shops(known, shop)}
        for mirrored in MIRRORED.values():
            beside: list[str] = []
            if shop is None:
                beside = list(reader.strange_shops(mirrored, [each.shop_id for each in known]))
            for shop_id in [*zones, *beside]:
                rows = RowsOfShop(mirrored, shop_id, zones.get(shop_id, "UTC"))
                _compare_table(database, reader, parity, rows)
    finally:
        reader.close()
    return parity


def _compare_table(
    database: Database, reader: MirrorReader, parity: Parity, rows: RowsOfShop
) -> None:
    """What was added and sent while we read is no difference, so what is beyond ours is asked for again."""

    def standing_now(ids: Collection[str]) -> set[str]:
        with database.snapshot() as session:
            return standing(session, rows.mirrored, rows.shop_id, ids)

    comparison = Comparison(parity, rows.mirrored, rows.shop_id, rows.timezone, standing_now)
    with database.snapshot() as session:
        ours = rows_to_mirror(session, rows.mirrored, rows.shop_id)
        comparison.merge(ours, reader.rows(rows.mirrored, rows.shop_id))


def _shops(known: Sequence[ShopRecord], asked: str | None) -> list[ShopRecord]:
    chosen = [each for each in known if asked in (None, each.shop_id)]
    if asked is not None and not chosen:
        raise NotFoundError(
            f"There is no shop {asked!r}.",
            hint=f"The shops are {', '.join(each.shop_id for each in known) or 'none yet'}.",
            field="shop",
        )
    return chosen


def parity_document(parity: Parity, at: datetime) -> dict[str, Any]:
    days = sorted(parity.days.items(), key=lambda each: each[0])
    return {
        "target": parity.target,
        "at": iso_utc(at),
        "tolerance": 0,
        "is_equal": not parity.off,
        "rows": sum(day.theirs.rows for _, day in days),
        "differences": [
            {
                **asdict(place),
                "told": day.told,
                "missing": day.missing,
                "extra": day.extra,
                "changed": day.changed,
                "columns": sorted(day.columns),
            }
            for place, day in parity.off
        ],
        "days": [
            {**asdict(place), "ours": _side(day.ours), "theirs": _side(day.theirs)}
            for place, day in days
        ],
    }


def _side(side: Side) -> Mapping[str, Any]:
    sums = {name: f"{value:.4f}" for name, value in sorted(side.sums.items())}
    return {"rows": side.rows, "hash": None if side.hash is None else str(side.hash), "sums": sums}


def write_artifact(folder: Path, parity: Parity, at: datetime) -> Path:
    """Whole or not at all; of each target the newest are kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{parity.target}-{file_stamp(at)}.json"
    half = file.with_suffix(".half")
    half.write_bytes(orjson.dumps(parity_document(parity, at), option=orjson.OPT_INDENT_2))
    half.replace(file)
    for old in sorted(folder.glob(f"{parity.target}-*.json"))[:-KEPT_ARTIFACTS]:
        old.unlink()
    return file


def tell_parity(desk: AlertDesk, parity: Parity, asked: Sequence[str]) -> None:
    """One alert per shop that is off; of the shops that were asked and are not, the alert is over."""
    name = alert_name(parity.target)
    off: dict[str, list[str]] = {}
    for place, day in parity.off:
        if place.shop_id in asked:
            off.setdefault(place.shop_id, []).append(f"{place.table} {place.day}: {day.told}")
    strange = sorted({place.shop_id for place, _ in parity.off} - set(asked))
    if strange:
        # Nobody else would hear of rows that belong to no shop of ours.
        for shop_id in asked:
            off.setdefault(shop_id, []).insert(0, f"rows of {', '.join(strange)}, no shops of ours")
    found = [
        NewAlert(
            shop_id=shop_id,
            check_name=name,
            severity=Severity.WARNING.value,
            sentence=_sentence(parity.target, told),
            mend=_MENDS[parity.target],
            owner="data engineering",
            kind=JOB,
            runbook="parity",
        )
        for shop_id, told in off.items()
    ]
    with desk.database.jobs() as session:
        alerts.follow_people(session)
        open_found(session, found, desk)
        for shop_id in asked:
            if shop_id not in off:
                end(session, shop_id, JOB, [name], desk)
    send_alerts(desk)


def alert_name(target: str) -> str:
    return f"parity of {target}"


def _sentence(target: str, told: Sequence[str]) -> str:
    more = f"; and {len(told) - _NAMED} more days" if len(told) > _NAMED else ""
    what = "Served rows are not what was published" if target == SERVING else "The mirror differs"
    return f"{what}: {'; '.join(told[:_NAMED])}{more}."


@dataclass(frozen=True)
class Checked:
    parity: Parity
    artifact: Path


@dataclass(frozen=True)
class ParityDesk:
    """What both the command and the nightly job work with."""

    database: Database
    clock: Clock
    home: Path
    opened: OpenWarehouse
    door: Callable[[], MirrorDoor | None]
    alerts: Callable[[], AlertDesk]

    def targets(self) -> list[str]:
        with self.database.jobs() as session:
            is_connected = read_mirror(session) is not None
        return [SERVING, MIRROR] if is_connected else [SERVING]

    def compare(self, target: str, shop: str | None = None) -> Parity:
        if target == SERVING:
            return serving_parity(self.database, LentRows(self.opened), shop)
        door = self.door()
        if door is None:
            raise NotFoundError(
                "No mirror is connected.", hint="Connect a Supabase project first.", field="target"
            )
        return mirror_parity(self.database, door, shop)

    def check(self, target: str, shop: str | None = None, folder: Path | None = None) -> Checked:
        parity = self.compare(target, shop)
        file = write_artifact(folder or self.home / PARITY, parity, self.clock.now())
        with self.database.jobs() as session:
            asked = [each.shop_id for each in _shops(list_shops(session), shop)]
        tell_parity(self.alerts(), parity, asked)
        return Checked(parity, file)
