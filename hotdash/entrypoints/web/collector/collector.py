"""From a delivery of the pixel to the spool: whose it is, whether it may write, what of it is kept."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hotdash.base.clock import Clock
from hotdash.base.errors import ForbiddenError, HotdashError
from hotdash.connectors.clickstream.devices import BOT, device_of
from hotdash.entrypoints.web.collector.limits import RateLimit
from hotdash.entrypoints.web.collector.schemas import Batch, PixelEvent
from hotdash.storage.appdb.repositories import clicks
from hotdash.storage.appdb.repositories.clicks import Site
from hotdash.storage.appdb.session import Database

PIXEL_FILE = Path(__file__).parent / "pixel.js"
MOST_SITES = 2_000
_REMEMBERED_SECONDS = 30.0


class UnreadableClicksError(HotdashError):
    code = "unreadable_clicks"
    http_status = 422


class TooManyClicksError(HotdashError):
    code = "too_many_clicks"
    http_status = 429

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "More clicks came than this key or this address may send.",
            hint="Send them again later, in batches of up to 50 events.",
        )
        self.headers = {"retry-after": str(max(1, round(seconds)))}


@dataclass(frozen=True)
class Delivery:
    """One request. Address and browser are looked at and forgotten."""

    body: bytes
    origin: str | None
    address: str
    user_agent: str | None


@dataclass
class Collector:
    database: Database
    clock: Clock
    by_address: RateLimit = field(default_factory=lambda: RateLimit(10, 120))
    by_key: RateLimit = field(default_factory=lambda: RateLimit(400, 2_000))
    monotonic: Callable[[], float] = time.monotonic
    _sites: "OrderedDict[str, tuple[Site | None, float]]" = field(
        default_factory=lambda: OrderedDict[str, "tuple[Site | None, float]"]()
    )

    def accept(self, delivery: Delivery) -> int:
        """How many events are new; they are safe once this returns."""
        _wait_for_room(self.by_address, delivery.address)
        batch = read_batch(delivery.body)
        self._require_site(batch.key, delivery.origin)
        _wait_for_room(self.by_key, batch.key)
        received_at = self.clock.now()
        device = device_of(delivery.user_agent)
        counts = Counter(without_consent=batch.without_consent)
        touches: dict[str, Mapping[str, Any]] = {}
        if device == BOT:
            counts = Counter(bot=len(batch.events) + batch.without_consent)
        else:
            for told in batch.events:
                try:
                    event = PixelEvent.model_validate(told)
                except ValidationError:
                    counts["invalid"] += 1
                else:
                    touches[event.id] = event.touch(batch.sent_at, received_at, device)
        counted = {kind: number for kind, number in counts.items() if number}
        if not touches and not counted:
            return 0
        with self.database.glance() as connection:
            return clicks.keep_clicks(
                connection, batch.key, received_at, list(touches.values()), counted
            )

    def _require_site(self, key: str, origin: str | None) -> None:
        site = self._site(key)
        if site is None or origin is None or origin.lower() not in site.origins:
            raise ForbiddenError(
                f"The page at {origin or 'an unknown address'} may not write clicks with this key.",
                hint="Use the key of this installation, and name the page's address "
                "(scheme and host) among the origins of the click collector.",
                field="key" if site is None else "Origin",
            )

    def _site(self, key: str) -> Site | None:
        """Looked up once in a while, also where there is none: guessing keys must cost us nothing."""
        known = self._sites.get(key)
        now = self.monotonic()
        if known is not None and known[1] > now:
            return known[0]
        with self.database.glance() as connection:
            site = clicks.find_site(connection, key)
        self._sites[key] = (site, now + _REMEMBERED_SECONDS)
        while len(self._sites) > MOST_SITES:
            self._sites.popitem(last=False)
        return site


def read_batch(body: bytes) -> Batch:
    try:
        return Batch.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise UnreadableClicksError(
            f"{place} is not usable: {first['msg']}.",
            hint="The pixel of this installation sends it right: GET /pixel.js.",
            field=place,
        ) from error


def _wait_for_room(limit: RateLimit, name: str) -> None:
    seconds = limit.take(name)
    if seconds:
        raise TooManyClicksError(seconds)
