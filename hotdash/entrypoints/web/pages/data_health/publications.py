"""What a shop shows, what it could go back to, and where each mart stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.data_health.state import check_url
from hotdash.entrypoints.web.pages.data_health.view import Names, short_id, source_title
from hotdash.pipeline.publish.parity import SERVED_CHECK
from hotdash.storage.appdb.repositories.checks import FAILED, CheckRecord, answers_of
from hotdash.storage.appdb.repositories.publications import (
    PARITY_CHECK,
    ManifestRecord,
    Pin,
    Pointer,
    list_manifests,
    pointer_of,
)
from hotdash.storage.appdb.repositories.standings import MartStanding, load_standings
from hotdash.storage.marts import published_marts

MOST_PUBLICATIONS = 12
_REASONS = {"publish": "a run", "rollback": "a rollback", "backfill": "a backfill"}
_OUTCOMES = {
    "published": "published",
    "unchanged": "nothing new",
    "blocked": "kept back",
    "pinned": "waits: publication is held",
}


@dataclass(frozen=True, slots=True)
class PublicationView:
    publication: str
    short: str
    build: str
    made_at: str
    reason: str
    shown: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class KeptBackView:
    text: str
    mend: str
    url: str


@dataclass(frozen=True, slots=True)
class MartView:
    mart: str
    build: str
    as_of: str
    outcome: str
    kept_back: tuple[KeptBackView, ...]


@dataclass(frozen=True, slots=True)
class ParityView:
    title: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class PublicationsView:
    shown: str
    since: str
    held: str | None
    publications: tuple[PublicationView, ...]
    left_out: int
    marts: tuple[MartView, ...]
    kept_back: int
    parity: tuple[ParityView, ...]


def load_view(
    session: Session, shop_id: str, names: Names, timezone: str, now: datetime
) -> PublicationsView:
    pointer, manifests = pointer_of(session, shop_id), list_manifests(session, shop_id)
    standings = load_standings(session, [shop_id], sorted(published_marts()))
    return PublicationsView(
        shown=short_id(pointer.manifest_id if pointer else None),
        since=formatting.shop_time(pointer.moved_at, timezone) if pointer else "",
        held=_held(pointer.pin, names, timezone) if pointer and pointer.pin else None,
        publications=tuple(
            _publication(each, pointer, timezone) for each in manifests[:MOST_PUBLICATIONS]
        ),
        left_out=max(0, len(manifests) - MOST_PUBLICATIONS),
        marts=tuple(_mart(each, timezone) for each in standings if each.outcome or each.build_id),
        kept_back=sum(each.block is not None for each in standings),
        parity=tuple(_parities(session, shop_id, now)),
    )


def _held(pin: Pin, names: Names, timezone: str) -> str:
    by = names.get(pin.by, pin.by)
    return f"Held by {by} since {formatting.shop_time(pin.at, timezone)}: {pin.reason}"


def _publication(each: ManifestRecord, pointer: Pointer | None, timezone: str) -> PublicationView:
    replaced = each.replaced_at
    return PublicationView(
        publication=str(each.manifest_id),
        short=short_id(each.manifest_id),
        build=short_id(each.build_id),
        made_at=formatting.shop_time(each.created_at, timezone),
        reason=_REASONS.get(each.reason, each.reason.replace("_", " ")),
        shown="shown now"
        if each.is_published
        else f"until {formatting.shop_time(replaced, timezone)}"
        if replaced
        else "",
        is_shown=pointer is not None and each.manifest_id == pointer.manifest_id,
    )


def _mart(each: MartStanding, timezone: str) -> MartView:
    told = _OUTCOMES.get(each.outcome or "", each.outcome or formatting.MISSING)
    if each.block is not None:
        told += f" since {formatting.shop_time(each.block.since, timezone)}"
    reasons = each.block.reasons if each.block else ()
    return MartView(
        mart=each.mart,
        build=short_id(each.build_id) if each.build_id else "never shown",
        as_of=", ".join(
            f"{source_title(source)} {formatting.shop_time(at, timezone)}"
            for source, at in sorted(each.as_of.items())
        ),
        outcome=told,
        kept_back=tuple(
            KeptBackView(one.sentence, one.mend, check_url(each.shop_id, one.check))
            for one in reasons
        ),
    )


def _parities(session: Session, shop_id: str, now: datetime) -> list[ParityView]:
    """The first is only told where it failed: staged rows that are the candidate leave no word."""
    staged = _newest(answers_of(session, shop_id, PARITY_CHECK, 1))
    served = _newest(answers_of(session, shop_id, SERVED_CHECK, 1))
    return [
        _parity(
            *("Before it is shown: staged rows are the rows that were built", staged, now),
            unasked="Compared in every publication; no difference was ever found.",
        ),
        _parity(
            *("Once a day: served rows are the rows that were published", served, now),
            unasked="Not looked at yet: the first publication of a day does.",
        ),
    ]


def _newest(found: Sequence[CheckRecord]) -> CheckRecord | None:
    return found[0] if found else None


def _parity(title: str, each: CheckRecord | None, now: datetime, unasked: str) -> ParityView:
    if each is None:
        return ParityView(title, "empty", unasked)
    at = f" ({formatting.ago(each.at, now)})" if each.at else ""
    if each.status == FAILED:
        return ParityView(title, "act", f"{each.sentence}{at}")
    return ParityView(title, "ok", f"No difference{at}.")
