"""What browsers would have told of the simulated shops: visits that ordered, visits that did not, and the usual dirt."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from hotdash.simulators.journeys import Visit, journey_of, visit
from hotdash.simulators.orders import Order
from hotdash.simulators.world import ShopWorld

# For each visit that led to an order, so many that did not; and how often a link is malformed.
_IDLE_PER_ORDER = 2
_MALFORMED = (
    "utm_source=&utm_medium=cpc",
    "utm_source=Face%20Book&utm_medium=%E0%A4%A",
    "utm_source={{site_source_name}}&utm_medium=paid",
    "utm_medium=email",
)
ROBOT = "Mozilla/5.0 (compatible; Examplebot/2.1; +https://bot.example)"
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Touch:
    """One event of one browser. `sent_late` says by how many seconds its delivery trails it."""

    event_id: str
    event_type: str
    at: int
    visitor: str
    session: str
    url: str
    referrer: str | None
    order_id: int | None = None
    customer_id: int | None = None
    sent_late: int = 0
    is_robot: bool = False


def touches(world: ShopWorld, first: int, last: int) -> Iterator[Touch]:
    """Everything that happened from first to last, told in the order of the orders behind it."""
    for history in world.histories(first, last + 31 * 86_400):
        for touch in touches_of(history[0]):
            if first <= touch.at <= last:
                yield touch


def touches_of(order: Order) -> Iterator[Touch]:
    """An order's visits, the order itself, and visits of people who bought nothing that day."""
    chance = Random(f"clicks/{order.shop.shop_id}/{order.order_id}")
    number = order.order_id // 1000
    journey = journey_of(order)
    for place, each in enumerate(journey):
        yield _page_view(order, each, late=3 * 86_400 if (number + place) % 97 == 3 else 0)
        if (number + place) % 41 == 7:
            yield _page_view(order, each)
    if journey:
        last = journey[-1]
        yield Touch(
            event_id=f"o{order.order_id:x}-placed",
            event_type="order_completed",
            at=order.created_at,
            visitor=_padded(last.visitor),
            session=f"s{last.visit_id:x}".ljust(8, "0"),
            url=f"https://www.{order.shop.shop_id}.example/checkouts/thank-you",
            referrer=None,
            order_id=order.order_id,
            customer_id=order.customer_id,
        )
    for place in range(_IDLE_PER_ORDER):
        at = order.created_at - int(chance.random() * 86_400)
        idle = visit(order.shop, chance, number * 10 + 5 + place, f"i{number:x}{place}", at)
        yield _page_view(order, idle, is_robot=(number + place) % 29 == 11)


def _page_view(order: Order, each: Visit, *, late: int = 0, is_robot: bool = False) -> Touch:
    url = each.url(order.shop)
    if each.visit_id % 53 == 17:
        url = f"{url.partition('?')[0]}?{_MALFORMED[each.visit_id // 53 % len(_MALFORMED)]}"
    return Touch(
        event_id=f"e{each.visit_id:x}-view",
        event_type="page_view",
        at=each.at,
        visitor=_padded(each.visitor),
        session=f"s{each.visit_id:x}".ljust(8, "0"),
        url=url,
        referrer=each.referrer,
        sent_late=late,
        is_robot=is_robot,
    )


def _padded(visitor: str) -> str:
    return f"visitor-{visitor}"
