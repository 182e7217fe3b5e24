"""The anomalies of a shop: kept once per series and moment, answered by appending, the newest answer holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Exists, ScalarSelect, String, cast, func, insert, or_, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.models.anomalies import AnomalyEvent, AnomalyLook, KeptAnomaly

WHOLE_DAY = -1
WHOLE_DAYS, WEEKS = "day", "week"
NEW, ACKNOWLEDGED, ASSIGNED, EXPLAINED, FALSE_ALARM = (
    *("new", "acknowledged", "assigned", "explained", "false_alarm"),
)
ALERT = "alert"
_PAST_AT_MOST = 20


class Place(NamedTuple):
    """A step of a series, where an anomaly stands or could; hour is that of a whole day too."""

    key: str
    grain: str
    day: date
    hour: int


@dataclass(frozen=True, slots=True)
class NewAnomaly:
    shop_id: str
    key: str
    metric: str
    title: str
    dimension: str | None
    part_name: str | None
    grain: str
    day: date
    hour: int
    level: str
    is_new: bool
    is_better: bool
    value: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    unit: str
    z: Decimal
    method: str
    judged_by: int
    money: Decimal | None
    currency: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnomalyEventRecord:
    shop_id: str
    anomaly_id: UUID
    at: datetime
    actor: str
    state: str
    assignee: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AnomalyRecord:
    """events are in the order they were appended; hour is None of a whole day or week."""

    anomaly_id: UUID
    about: NewAnomaly
    found_at: datetime
    seen_at: datetime
    gone_at: datetime | None
    events: tuple[AnomalyEventRecord, ...] = ()

    @property
    def state(self) -> str:
        return self.events[-1].state if self.events else NEW

    @property
    def assignee(self) -> str | None:
        assigned = [each.assignee for each in self.events if each.assignee]
        return assigned[-1] if assigned else None

    @property
    def hour(self) -> int | None:
        return None if self.about.hour == WHOLE_DAY else self.about.hour


@dataclass(frozen=True, slots=True)
class RungAlert:
    """size is how many standard deviations it was off; state that of the newest answer, None without one."""

    place: Place
    is_up: bool
    size: float
    state: str | None

    @property
    def is_answered(self) -> bool:
        return self.state is not None


@dataclass(frozen=True, slots=True)
class LookRecord:
    shop_id: str
    publication: UUID | None
    at: datetime
    last_day: date
    series: int
    raised: Mapping[str, str]


_FIELDS = tuple(NewAnomaly.__dataclass_fields__)
_ONCE = ("shop_id", *Place._fields)
_MOVE_WEEK = text(Path(__file__).with_name("anomaly_week_moves.sql").read_text(encoding="utf-8"))


def keep_anomalies(session: Session, found: Sequence[NewAnomaly], at: datetime) -> list[UUID]:
    """What is known already gets its newest figures, as long as nobody answered it; the ids of what is new."""
    added: list[UUID] = []
    for each in found:
        values = {name: getattr(each, name) for name in _FIELDS}
        values["context"] = dict(each.context)
        if each.grain == WEEKS:
            moved = {"shop_id": each.shop_id, "key": each.key, "day": each.day}
            session.execute(_MOVE_WEEK, moved | {"is_up": each.z > 0})
        anomaly_id = new_id()
        placed = postgresql.insert(KeptAnomaly).values(
            **values, anomaly_id=anomaly_id, found_at=at, seen_at=at
        )
        asked = placed.on_conflict_do_nothing().returning(KeptAnomaly.anomaly_id)
        if session.scalar(asked) is not None:
            added.append(anomaly_id)
        else:
            _bring_up_to_date(session, values, at)
    return added


def _bring_up_to_date(session: Session, values: Mapping[str, Any], at: datetime) -> None:
    newest = {name: values[name] for name in _FIELDS if name not in _ONCE}
    session.execute(
        update(KeptAnomaly)
        .where(
            *(getattr(KeptAnomaly, name) == values[name] for name in _ONCE),
            ~_answered(),
        )
        .values(**newest, seen_at=at, gone_at=None)
    )


def _answered() -> Exists:
    return (
        select(AnomalyEvent.event_id)
        .where(
            AnomalyEvent.shop_id == KeptAnomaly.shop_id,
            AnomalyEvent.anomaly_id == KeptAnomaly.anomaly_id,
        )
        .exists()
    )


def let_go(session: Session, shop_id: str, judged: Collection[Place], at: datetime) -> int:
    """Of the places that were judged again, what nobody answered and what is ordinary now."""
    standing = session.execute(
        select(
            KeptAnomaly.anomaly_id, *(getattr(KeptAnomaly, each) for each in Place._fields)
        ).where(
            KeptAnomaly.shop_id == shop_id,
            KeptAnomaly.day >= min((each.day for each in judged), default=date.max),
            KeptAnomaly.seen_at < at,
            KeptAnomaly.gone_at.is_(None),
            ~_answered(),
        )
    )
    gone = [anomaly_id for anomaly_id, *place in standing if Place(*place) in judged]
    session.execute(
        update(KeptAnomaly)
        .where(KeptAnomaly.shop_id == shop_id, KeptAnomaly.anomaly_id.in_(gone))
        .values(gone_at=at)
    )
    return len(gone)


def has_anomalies(session: Session, shop_id: str) -> bool:
    asked = select(KeptAnomaly.anomaly_id).where(KeptAnomaly.shop_id == shop_id).limit(1)
    return session.scalar(asked) is not None


def list_anomalies(
    session: Session,
    shop_id: str,
    *,
    since: date | None = None,
    level: str | None = None,
    state: str | None = None,
    is_new: bool | None = None,
    limit: int = 200,
) -> list[AnomalyRecord]:
    """The newest day first, the farthest off first; without those that later data made ordinary."""
    query = select(KeptAnomaly).where(KeptAnomaly.shop_id == shop_id, KeptAnomaly.gone_at.is_(None))
    if since is not None:
        query = query.where(KeptAnomaly.day >= since)
    if level is not None:
        query = query.where(KeptAnomaly.level == level)
    if is_new is not None:
        query = query.where(KeptAnomaly.is_new == is_new)
    ordered = query.order_by(
        KeptAnomaly.day.desc(), func.abs(KeptAnomaly.z).desc(), KeptAnomaly.key
    )
    # The state is that of the newest event: asked for by it, more rows are read than returned.
    rows = session.scalars(ordered.limit(limit if state is None else 10 * limit)).all()
    found = _with_events(session, shop_id, rows)
    return [each for each in found if state in (None, each.state)][:limit]


def unanswered(session: Session, shop_id: str, since: date, most: int) -> list[AnomalyRecord]:
    """Of the alerts that no cool-down held back, the newest and farthest off of each series."""
    rows = session.scalars(
        select(KeptAnomaly)
        .where(
            KeptAnomaly.shop_id == shop_id,
            KeptAnomaly.day >= since,
            KeptAnomaly.level == ALERT,
            KeptAnomaly.is_new,
            KeptAnomaly.gone_at.is_(None),
            ~_answered(),
        )
        .order_by(KeptAnomaly.day.desc(), func.abs(KeptAnomaly.z).desc(), KeptAnomaly.key)
    )
    by_series: dict[str, KeptAnomaly] = {}
    for row in rows:
        by_series.setdefault(row.key, row)
    return [_record(row) for row in list(by_series.values())[:most]]


def rung_alerts(session: Session, shop_id: str, since: date) -> list[RungAlert]:
    """What stands of the alerts that no cool-down held back."""
    place = [getattr(KeptAnomaly, each) for each in Place._fields]
    rows = session.execute(
        select(KeptAnomaly.z, _newest_state(), *place)
        .where(
            KeptAnomaly.shop_id == shop_id,
            KeptAnomaly.day >= since,
            KeptAnomaly.level == ALERT,
            KeptAnomaly.is_new,
            KeptAnomaly.gone_at.is_(None),
        )
        .order_by(KeptAnomaly.day, KeptAnomaly.hour)
    )
    return [RungAlert(Place(*at), z > 0, abs(float(z)), state) for z, state, *at in rows]


def find_anomaly(session: Session, shop_id: str | None, named: str) -> AnomalyRecord:
    """By its id, or by how that begins or ends where no other does."""
    anomaly_id = cast(KeptAnomaly.anomaly_id, String)
    query = select(KeptAnomaly).where(
        or_(
            anomaly_id.startswith(named, autoescape=True),
            anomaly_id.endswith(named, autoescape=True),
        )
    )
    if shop_id is not None:
        query = query.where(KeptAnomaly.shop_id == shop_id)
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1 or not named:
        many = "Several anomalies have" if found else "No anomaly has"
        raise NotFoundError(
            f"{many} an id like {named[:60]!r}.",
            hint="`hotdash anomalies list` shows their ids.",
            field="anomaly",
        )
    return _with_events(session, found[0].shop_id, found)[0]


def past_of(session: Session, record: AnomalyRecord) -> list[AnomalyRecord]:
    """Earlier ones of the same series in the same direction, the newest first."""
    about = record.about
    rows = session.scalars(
        select(KeptAnomaly)
        .where(
            KeptAnomaly.shop_id == about.shop_id,
            KeptAnomaly.metric == about.metric,
            KeptAnomaly.key == about.key,
            KeptAnomaly.gone_at.is_(None),
            KeptAnomaly.day < about.day,
            (KeptAnomaly.z > 0) if about.z > 0 else (KeptAnomaly.z <= 0),
        )
        .order_by(KeptAnomaly.day.desc())
        .limit(_PAST_AT_MOST)
    ).all()
    return _with_events(session, about.shop_id, rows)


def days_in_state(session: Session, shop_id: str, state: str) -> list[tuple[str, date]]:
    """Series and day of each whole day whose newest answer this is; weeks and hours are no days."""
    found = session.execute(
        select(KeptAnomaly.key, KeptAnomaly.day)
        .where(
            KeptAnomaly.shop_id == shop_id,
            KeptAnomaly.grain == WHOLE_DAYS,
            _newest_state() == state,
        )
        .order_by(KeptAnomaly.day, KeptAnomaly.key)
    )
    return [(key, day) for key, day in found]


def _newest_state() -> ScalarSelect[str]:
    return (
        select(AnomalyEvent.state)
        .where(
            AnomalyEvent.shop_id == KeptAnomaly.shop_id,
            AnomalyEvent.anomaly_id == KeptAnomaly.anomaly_id,
        )
        .order_by(AnomalyEvent.at.desc(), AnomalyEvent.event_id.desc())
        .limit(1)
        .scalar_subquery()
    )


def add_anomaly_event(session: Session, event: AnomalyEventRecord) -> None:
    # Without RETURNING: whoever may add one is not asked to read it back.
    session.execute(
        insert(AnomalyEvent)
        .inline()
        .values(
            shop_id=event.shop_id,
            event_id=new_id(),
            anomaly_id=event.anomaly_id,
            at=event.at,
            actor=event.actor,
            state=event.state,
            assignee=event.assignee,
            note=event.note,
        )
    )


def save_look(session: Session, look: LookRecord) -> None:
    values = {
        "publication_id": look.publication,
        "at": look.at,
        "last_day": look.last_day,
        "series": look.series,
        "raised": dict(look.raised),
    }
    session.execute(
        postgresql.insert(AnomalyLook)
        .values(shop_id=look.shop_id, **values)
        .on_conflict_do_update(index_elements=[AnomalyLook.shop_id], set_=values)
    )


def last_look(session: Session, shop_id: str) -> LookRecord | None:
    row = session.get(AnomalyLook, shop_id, populate_existing=True)
    if row is None:
        return None
    return LookRecord(row.shop_id, row.publication_id, row.at, row.last_day, row.series, row.raised)


def _with_events(
    session: Session, shop_id: str, rows: Sequence[KeptAnomaly]
) -> list[AnomalyRecord]:
    events = session.scalars(
        select(AnomalyEvent)
        .where(
            AnomalyEvent.shop_id == shop_id,
            AnomalyEvent.anomaly_id.in_([row.anomaly_id for row in rows]),
        )
        .order_by(AnomalyEvent.at, AnomalyEvent.event_id)
    )
    told: dict[UUID, list[AnomalyEventRecord]] = {}
    for row in events:
        event = AnomalyEventRecord(
            row.shop_id, row.anomaly_id, row.at, row.actor, row.state, row.assignee, row.note
        )
        told.setdefault(row.anomaly_id, []).append(event)
    return [replace(_record(row), events=tuple(told.get(row.anomaly_id, ()))) for row in rows]


def _record(row: KeptAnomaly) -> AnomalyRecord:
    about = NewAnomaly(**{name: getattr(row, name) for name in _FIELDS})
    return AnomalyRecord(row.anomaly_id, about, row.found_at, row.seen_at, row.gone_at)
