"""Who buys: the names, numbers and addresses of customers, and the addresses guests leave."""

from hotdash.simulators.orders import Order, Shop

_FIRST_NAMES = (
    "Ada Ben Cleo Dan Eva Finn Gus Hana Ivo Jun Kai Lea Max Nora Otto Pia Quin Rosa Sam Tia".split()
)
LAST_NAMES = "Abe Berg Cruz Diaz Endo Fuchs Gray Hall Ito Jung Kato Lang Mori Noe Otis Page Ruiz Sato".split()
_NEW_CUSTOMERS_PER_HUNDRED = 58
_CUSTOMERS_PER_SHOP = 10_000_000


def customer_id(shop: Shop, number: int) -> int:
    return shop.vendor_id * _CUSTOMERS_PER_SHOP + number


def newcomers_before(index: int) -> int:
    """How many customers the orders before this one brought: the number of the next."""
    return index * _NEW_CUSTOMERS_PER_HUNDRED // 100


def index_of_newcomer(number: int) -> int:
    """Which order brought the customer of this number."""
    return -(-(number + 1) * 100 // _NEW_CUSTOMERS_PER_HUNDRED) - 1


def names_of(number: int) -> tuple[str, str]:
    first = _FIRST_NAMES[number * 7 % len(_FIRST_NAMES)]
    return first, LAST_NAMES[number * 11 % len(LAST_NAMES)]


def email_of_customer(number: int) -> str | None:
    return (
        None if number % 31 == 30 else f"{'.'.join(names_of(number))}.{number}@example.com".lower()
    )


def email_of(order: Order) -> str | None:
    """A customer's own; of guests some come again, and some have an account they did not use."""
    if order.customer_id is not None:
        return email_of_customer(order.customer_id % _CUSTOMERS_PER_SHOP)
    index = order.order_id // 1000 - order.shop.first_order_key
    known = newcomers_before(index)
    if known and index % 4 == 0:
        return email_of_customer(index * 7 % known)
    return f"Guest.{index // 60}@example.com"
