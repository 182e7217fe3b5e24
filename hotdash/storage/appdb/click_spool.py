"""One shop's spool of clicks as its connector sees it: a key to hand out, pages to read, counts."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from hotdash.storage.appdb.repositories import clicks
from hotdash.storage.appdb.repositories.clicks import CountedClicks, Horizon, SpooledClick
from hotdash.storage.appdb.session import Database

PAGE = 10_000


def new_site_key() -> str:
    return f"hd_{secrets.token_urlsafe(18)}"


@dataclass(frozen=True)
class ClickSpool:
    database: Database
    shop_id: str

    def register(self, origins: Sequence[str]) -> str:
        """The shop's public key; the same one as long as nobody asks for another."""
        with self.database.jobs() as session:
            key, _ = clicks.ensure_site(session, self.shop_id, origins, new_site_key())
            return key

    def renew_key(self) -> str:
        """Pages that still carry the old one write nothing any more."""
        key = new_site_key()
        with self.database.jobs() as session:
            clicks.replace_key(session, self.shop_id, key)
        return key

    def horizon(self) -> Horizon:
        with self.database.jobs() as session:
            return clicks.horizon(session)

    def pages(self, since: int, before: int) -> Iterator[Sequence[SpooledClick]]:
        """Each page in a transaction of its own: a long one would hold the horizon back."""
        after: tuple[int, int] | None = None
        while True:
            with self.database.jobs() as session:
                page = clicks.spooled_clicks(
                    session, self.shop_id, since=since, before=before, after=after, most=PAGE
                )
            if page:
                yield page
            if len(page) < PAGE:
                return
            after = page[-1].written_in, page[-1].click_id

    def oldest_left_behind(self, before: int) -> datetime | None:
        with self.database.jobs() as session:
            return clicks.oldest_left_behind(session, self.shop_id, before)

    def first_counted_day(self) -> date | None:
        with self.database.jobs() as session:
            return clicks.first_counted_day(session, self.shop_id)

    def counts(self, since: date) -> Sequence[CountedClicks]:
        midnight = datetime.combine(since, time(), UTC)
        with self.database.jobs() as session:
            return clicks.counted_clicks(session, self.shop_id, midnight)
