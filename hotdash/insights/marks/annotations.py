"""Something that happened, on the days it held: told, drawn in charts, and taken back by a person."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories.annotations import (
    AnnotationRecord,
    add_annotation,
    list_annotations,
)

LONGEST_TITLE = 120
_LONGEST = timedelta(days=366)


class Kind(StrEnum):
    CAMPAIGN = "campaign"
    PRICE_CHANGE = "price_change"
    SITE_CHANGE = "site_change"
    STOCK = "stock"
    OTHER = "other"


KIND_TITLES: dict[str, str] = {
    Kind.CAMPAIGN: "Campaign",
    Kind.PRICE_CHANGE: "Price change",
    Kind.SITE_CHANGE: "Change of the site",
    Kind.STOCK: "Stock",
    Kind.OTHER: "Something else",
}


class AnnotationError(HotdashError):
    code = "invalid_annotation"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says happened; without a last day it is one day."""

    kind: Kind
    first: date
    title: str
    last: date | None = None


def annotate(
    session: Session, shop_id: str, told: Told, actor: str, now: datetime
) -> AnnotationRecord:
    title, last = " ".join(told.title.split()), told.last or told.first
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise AnnotationError(
            "Nothing is said about what happened."
            if not title
            else f"{len(title)} characters are too long for a chart.",
            hint=f"Say it in 1 to {LONGEST_TITLE} characters, such as: Free-shipping test starts.",
            field="title",
        )
    if not told.first <= last <= told.first + _LONGEST:
        raise AnnotationError(
            f"{told.first} to {last} are no days something can have lasted.",
            hint="Name a last day that is not before the first, and at most a year later.",
            field="to",
        )
    record = AnnotationRecord(
        shop_id, new_id(), now, actor, Kind(told.kind).value, told.first, last, title
    )
    add_annotation(session, record)
    return record


def take_back(
    session: Session, shop_id: str, annotation_id: UUID, actor: str, now: datetime
) -> AnnotationRecord:
    """It leaves the charts; that it was told, by whom, and who took it back stays on record."""
    for each in list_annotations(session, shop_id):
        if each.annotation_id == annotation_id:
            gone = AnnotationRecord(
                shop_id,
                annotation_id,
                now,
                actor,
                each.kind,
                each.first_day,
                each.last_day,
                each.title,
            )
            add_annotation(session, gone, is_removed=True)
            return gone
    raise NotFoundError(
        f"There is no annotation {annotation_id} in this shop.",
        hint="Load the page again: somebody may have removed it already.",
        field="annotation",
    )
