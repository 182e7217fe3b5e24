"""What is published for a shop, and which of its days are complete in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from hotdash.base.clock import local_day, parse_iso
from hotdash.base.errors import NotFoundError
from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.statements import source, statement
from hotdash.storage.marts import month_key, published_mart

REVENUE = "fct_revenue"


@dataclass(frozen=True, slots=True)
class Held:
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Published:
    """One mart of one shop as it is published; without a build nothing is."""

    shop_id: str
    shop_name: str
    timezone: str
    currency: str
    build: UUID | None
    manifest: UUID | None
    as_of: Mapping[str, datetime]
    first_day: date | None
    held: Held | None
    mart: str = REVENUE
    parts: Mapping[str, int] = field(default_factory=dict[str, int])
    shop_since: date | None = None

    def windows(self, period: Period, now: datetime) -> "Windows":
        """Both windows end with the last day that is complete in what is published."""
        known = min([now, *self.as_of.values()])
        return Windows(
            period.window(known, self.timezone), period.base_window(known, self.timezone)
        )

    @cached_property
    def last_complete(self) -> date | None:
        if not self.as_of:
            return None
        return local_day(min(self.as_of.values()), self.timezone) - timedelta(days=1)

    def covers(self, day: date) -> bool:
        """Whether a day without a row is a day without orders, and not a day nobody has read."""
        last = self.last_complete
        return self.first_day is not None and last is not None and self.first_day <= day <= last

    def parts_of(self, window: Window) -> list[int]:
        """Of these days' months; replaced parts of the same days stand in the table for a week."""
        first, last = month_key(window.first), month_key(window.last)
        return [part for month, part in self.parts.items() if first <= month <= last]


@dataclass(frozen=True, slots=True)
class Windows:
    current: Window
    base: Window | None


def load_published(session: Session, shop_id: str, mart: str = REVENUE) -> Published:
    return load_publications(session, [shop_id], [mart])[shop_id, mart]


def load_publications(
    session: Session,
    shop_ids: Sequence[str],
    marts: Sequence[str],
    manifests: Mapping[str, UUID] | None = None,
) -> dict[tuple[str, str], Published]:
    """By shop and mart; a shop that is not there for the reader is an error that names it.

    Of the shops with a manifest given here it is read instead of the published one.
    """
    given = manifests or {}
    found = session.execute(
        statement(__file__, "publication.sql"),
        {
            "shop_ids": list(shop_ids),
            "marts": list(marts),
            "given_shops": list(given),
            "given_manifests": list(given.values()),
        },
    ).all()
    missing = sorted(set(shop_ids) - {row.shop_id for row in found})
    if missing:
        raise NotFoundError(
            f"There is no shop {missing[0]!r}.",
            hint="Choose one of the shops in the list.",
            field="shop",
        )
    for row in found:
        _refuse_unknown(row)
    publications = {(row.shop_id, row.mart): _published(row) for row in found}
    for mart in (each for each in marts if "day" in published_mart(each).columns):
        of_mart = [each for each in publications.values() if each.mart == mart and each.parts]
        for shop_id, first_day in _first_days(session, mart, of_mart):
            key = shop_id, mart
            publications[key] = replace(publications[key], first_day=first_day)
    return publications


def live(shop: Published, relation: str, now: datetime) -> Published:
    """What people do in the app is known as it happens: nothing of it waits for a publication."""
    return replace(
        shop,
        build=None,
        as_of={"hotdash": now},
        first_day=shop.shop_since,
        mart=relation,
        parts={},
    )


def _first_days(
    session: Session, mart: str, published: Sequence[Published]
) -> Iterable[tuple[str, date]]:
    if not published:
        return []
    asked = {
        "shop_ids": [each.shop_id for each in published],
        "parts": [each.parts[min(each.parts)] for each in published],
    }
    found = session.execute(text(source(__file__, "first_day.sql").format(mart=mart)), asked)
    return [(row.shop_id, row.first_day) for row in found]


def _refuse_unknown(row: Row[tuple[object, ...]]) -> None:
    if row.given_id is not None and not row.is_there:
        raise NotFoundError(
            f"The shop {row.shop_id} has no publication {row.given_id}.",
            hint="Choose one of `hotdash publish list`; older ones are deleted after their time.",
            field="publication",
        )


def _published(row: Row[tuple[object, ...]]) -> Published:
    as_of: Mapping[str, str] = row.as_of or {}
    return Published(
        shop_id=row.shop_id,
        shop_name=row.name,
        timezone=row.timezone,
        currency=row.currency,
        build=row.build_id,
        manifest=row.manifest_id,
        as_of={name: parse_iso(at) for name, at in as_of.items()},
        first_day=None,
        held=_held(row),
        mart=row.mart,
        parts=row.parts or {},
        shop_since=local_day(row.created_at, row.timezone),
    )


def _held(row: Row[tuple[object, ...]]) -> Held | None:
    """Only what the pointer shows is held; a manifest that was asked for by its id is not."""
    if row.pinned_at is None or row.given_id is not None:
        return None
    return Held(row.pinned_at, row.pinned_by, row.pin_reason)
