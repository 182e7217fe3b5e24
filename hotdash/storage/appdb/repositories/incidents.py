"""Days people know were out of the ordinary; no baseline learns from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import LabelledIncident


@dataclass(frozen=True, slots=True)
class IncidentRecord:
    shop_id: str
    incident_id: UUID
    series: str
    first_day: date
    last_day: date
    told: str
    labelled_by: str
    at: datetime


def label_incident(session: Session, incident: IncidentRecord) -> None:
    session.execute(
        insert(LabelledIncident).values(
            shop_id=incident.shop_id,
            incident_id=incident.incident_id,
            series=incident.series,
            first_day=incident.first_day,
            last_day=incident.last_day,
            told=incident.told,
            labelled_by=incident.labelled_by,
            at=incident.at,
        )
    )


def withdraw_incident(session: Session, incident: IncidentRecord, at: datetime) -> None:
    session.execute(
        update(LabelledIncident)
        .where(
            LabelledIncident.shop_id == incident.shop_id,
            LabelledIncident.incident_id == incident.incident_id,
        )
        .values(withdrawn_at=at)
    )


def labelled_incidents(session: Session, shop_ids: Sequence[str]) -> list[IncidentRecord]:
    """Those that were not withdrawn, the newest day last."""
    found = session.scalars(
        select(LabelledIncident)
        .where(LabelledIncident.shop_id.in_(shop_ids), LabelledIncident.withdrawn_at.is_(None))
        .order_by(LabelledIncident.first_day, LabelledIncident.incident_id)
    )
    return [
        IncidentRecord(
            row.shop_id,
            row.incident_id,
            row.series,
            row.first_day,
            row.last_day,
            row.told,
            row.labelled_by,
            row.at,
        )
        for row in found
    ]
