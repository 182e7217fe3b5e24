"""What the demo's people wrote into their charts on the days of what happened to them."""

from collections.abc import Mapping, Sequence
from datetime import date

from hotdash.entrypoints.wiring import Installation
from hotdash.insights.marks.annotations import Kind, Told, annotate
from hotdash.storage.appdb.repositories.annotations import list_annotations

_WRITTEN_BY = "demo"


def keep_notes(house: Installation, shop_id: str, notes: Sequence[Mapping[str, str]]) -> None:
    """Once, however often the demo is started, also where somebody took one back."""
    with house.database.jobs() as session:
        if list_annotations(session, shop_id):
            return
        for each in notes:
            told = Told(Kind(each["kind"]), date.fromisoformat(each["day"]), each["title"])
            annotate(session, shop_id, told, _WRITTEN_BY, house.clock.now())
