"""The Postcards connector: everything at first, then what changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.progress import Progress
from hotdash.connectors.contract import Cursor, Event, MissingScope, RawTable, Reached
from hotdash.connectors.spec import Access

from .client import VENDOR, PostcardsClient
from .resources import cards, cards_by_id, days
from .tables import CARDS, DAYS

OVERLAP = timedelta(minutes=5)
DAYS_READ_AGAIN = timedelta(days=3)
SCOPES = {"cards:read": "cards and what they cost"}


class PostcardsConnector:
    def __init__(self, access: Access) -> None:
        self._client = PostcardsClient(access)
        self._clock = access.clock

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return (CARDS.raw, DAYS.raw)

    def check(self) -> Sequence[MissingScope]:
        granted = self._account()["scopes"]
        return [MissingScope(name, costs) for name, costs in SCOPES.items() if name not in granted]

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        """The account is asked first: a key that is refused costs one call and nothing is begun."""
        reached = self._clock.now()
        opened = parse_iso(self._account()["opened_at"])
        since = None if cursor is None else min(parse_iso(cursor["since"]), reached) - OVERLAP
        yield from cards(self._client, since, self._clock, progress)
        first = (since - DAYS_READ_AGAIN if since else opened).date()
        yesterday = (reached - timedelta(days=1)).date()
        yield from days(self._client, first, yesterday, self._clock, progress)
        yield Reached({"since": iso_utc(reached)}, reached)

    def cursor_since(self, since: datetime) -> Cursor:
        return {"since": iso_utc(since)}

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        del progress
        if table == CARDS.raw:
            yield from cards_by_id(self._client, vendor_ids, self._clock)

    def _account(self) -> dict[str, str]:
        return self._client.get("account", "/v1/account")
