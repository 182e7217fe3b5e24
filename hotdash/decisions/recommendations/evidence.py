"""The published rows behind a recommendation, as its rule saw them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.decisions.recommendations.contract import Kind
from hotdash.storage.appdb.repositories.signals.reading import load_rows

MOST_ROWS = 500


def _named(subject: str) -> dict[str, str]:
    return {"name": subject.partition(":")[2]}


def _campaign(subject: str) -> dict[str, str]:
    platform, _, campaign = subject.partition(":")[2].partition(":")
    return {"platform": platform, "name": campaign}


_ASKED: Mapping[Kind, tuple[str, Callable[[str], dict[str, str]]]] = {
    Kind.REORDER: ("item", _named),
    Kind.REPLY: ("breaches", lambda _: {}),
    Kind.CHASE_CARRIER: ("parcels", _named),
    Kind.ASSIGN_PAGE: ("page_days", _named),
    Kind.CUT_CAMPAIGN: ("campaign_days", _campaign),
    Kind.RAISE_CAMPAIGN: ("campaign_days", _campaign),
    Kind.FIX_SOURCE: ("source", _named),
    Kind.LOOK_INTO: ("anomaly_days", _named),
    Kind.CLEAR_STOCK: ("idle_items", lambda _: {}),
}


def evidence_of(
    session: Session, shop_id: str, kind: str, subject: str, now: datetime
) -> list[dict[str, Any]]:
    if kind not in _ASKED:
        raise HotdashError(
            f"No published rows stand behind a recommendation of the kind {kind[:40]!r}.",
            hint=f"The kinds are {', '.join(_ASKED)}.",
            field="kind",
        )
    statement, named = _ASKED[Kind(kind)]
    found = load_rows(session, shop_id, now, statement, **named(subject))
    return [{name: _plain(value) for name, value in row.items()} for row in found[:MOST_ROWS]]


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime():
            return iso_utc(value)
        case date():
            return value.isoformat()
        case _:
            return value
