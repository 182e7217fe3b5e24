"""Webhooks at their rate against the real web server, and ten thousand of them told as badly as they can be."""

import asyncio
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import Figure, percentile
from benchmarks.load import answered
from benchmarks.serving import served
from hotdash.simulators.orders import epoch
from hotdash.simulators.shopify.webhooks import Mischief, Sent, deliveries, happenings_between
from hotdash.simulators.world import World
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.models import WebhookDelivery
from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded import EmbeddedPostgres, EmbeddedUrls
from tests.fixtures.postgres import DatabaseUrls, create_database, new_database
from tests.fixtures.simulator import SEED, SHOP_ID, UNTIL, started_simulator
from tests.fixtures.webhook_storm import BAD, UNTOLD, WebhookStorm

RATE = 100
SECONDS = 60
CONNECTIONS = 32
STORM_WEBHOOKS = 10_000
_STORM_ORDERS = 4_600
_STORM_DAYS = 440
_TEMPLATE = "bench_template"


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    del orders
    with postgres(folder) as urls:
        yield from at_rate(folder, urls)
        yield storm(folder, urls)


def at_rate(folder: Path, urls: EmbeddedUrls) -> Iterator[Figure]:
    """Each delivery is sent at its own moment, whether those before it were answered or not."""
    own = DatabaseUrls(urls.owner, urls.web)
    with new_database(own, _TEMPLATE) as fresh, served(folder / "rate", fresh) as house:
        sent = some_webhooks(RATE * SECONDS)
        took = asyncio.run(at_their_moments(house.port, sent))
        lost = len(sent) - stored(house.database)
    yield Figure(
        "webhooks, received",
        f"{RATE} a second for {SECONDS} s",
        f"p50 {percentile(took, 0.5):.0f} ms, p99 {percentile(took, 0.99):.0f} ms, {lost} lost",
        "p99 500 ms, 0 lost",
        "signed, checked, stored with fsync, then answered",
    )


async def at_their_moments(port: int, sent: Sequence[Sent]) -> list[float]:
    """Milliseconds from the moment each should have gone out, so that a stall counts for all it delays."""
    began = time.perf_counter() + 0.5
    left = iter(enumerate(sent))
    took: list[float] = []

    async def carry() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for place, each in left:
            due = began + place / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(as_http(each))
            status = await answered(reader)
            assert status == 200, status
            took.append((time.perf_counter() - due) * 1000)
        writer.close()

    await asyncio.gather(*(carry() for _ in range(CONNECTIONS)))
    return sorted(took)


def as_http(sent: Sent) -> bytes:
    """By hand: a pool of clients would cost more than the server that is measured."""
    headers = {"host": "127.0.0.1", "content-length": str(len(sent.content)), **sent.headers}
    lines = ["POST /webhooks/shopify HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + sent.content


def some_webhooks(count: int) -> list[Sent]:
    of_shop = World(_STORM_ORDERS, SEED, UNTIL).of(SHOP_ID)
    told = happenings_between(of_shop, of_shop.opened, epoch(UNTIL))
    return deliveries(of_shop.shop, told[:count], Mischief())


def stored(database: Database) -> int:
    with database.jobs() as session:
        return session.query(WebhookDelivery).count()


def storm(folder: Path, urls: EmbeddedUrls) -> Figure:
    """In process, through the whole web app; the ends are compared row by row."""
    began = time.monotonic()
    own = DatabaseUrls(urls.owner, urls.web)
    flags = ("--frozen", "--orders", str(_STORM_ORDERS))
    with ExitStack() as stack:

        def fresh() -> Database:
            found = stack.enter_context(new_database(own, _TEMPLATE))
            database = Database(found.owner, web_url=found.web)
            stack.callback(database.dispose)
            return database

        simulator = stack.enter_context(started_simulator(*flags))
        world = World(_STORM_ORDERS, SEED, UNTIL)
        home = Path(tempfile.mkdtemp(dir=folder))
        first = UNTIL - timedelta(days=_STORM_DAYS)
        telling = WebhookStorm(simulator, world, fresh, home, first, UNTIL)
        telling.prepare()
        orderly = telling.tell("orderly", UNTOLD)
        bad = telling.tell("bad", BAD)
    assert len(telling.happenings) >= STORM_WEBHOOKS, len(telling.happenings)
    same = "equal" if bad.state == orderly.state else "DIFFERENT"
    forged = bad.statuses[401]
    return Figure(
        "webhooks told badly",
        f"{len(telling.happenings):,} webhooks, {bad.statuses.total():,} deliveries",
        f"{same} to the orderly telling, {forged:,} forged ones refused; "
        f"{time.monotonic() - began:.0f} s",
        "equal, 0 forged accepted",
        f"each up to five times, shuffled, a tenth four hours late; the telling itself "
        f"{bad.seconds:.0f} s, the orderly one {orderly.seconds:.0f} s",
    )


@contextmanager
def postgres(folder: Path) -> Generator[EmbeddedUrls]:
    """As durable as in production: what was answered was on the disk."""
    server = EmbeddedPostgres(folder / "postgres")
    try:
        urls = server.start()
        create_database(urls.owner, _TEMPLATE)
        template = Database(DatabaseUrls(urls.owner, urls.web).of(_TEMPLATE).owner)
        migrate.upgrade(template)
        template.dispose()
        yield urls
    finally:
        server.erase()
