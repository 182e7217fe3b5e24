"""What each customer bought and when their orders last changed; days are read once, as the clock reaches them."""

import threading
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from hotdash.simulators.orders import Order

_NOTHING_NEW = -1


class CustomerBook:
    """Every version of an order is an entry of its buyer: when, and what was bought for how much."""

    def __init__(self, histories_of: Callable[[int], Iterable[Sequence[Order]]]) -> None:
        self._histories_of = histories_of
        self._days = 0
        self._entries: dict[int, array[int]] = defaultdict(lambda: array("q"))
        self._lock = threading.Lock()

    def read_days(self, days: int) -> None:
        """Until the first so many are in it. The shop is asked by several threads at once."""
        with self._lock:
            for position in range(self._days, days):
                for history in self._histories_of(position):
                    self._enter(history)
                self._days = position + 1

    def bought(self, customer_id: int, now: int) -> tuple[int, int]:
        """Orders and minor units up to now."""
        spent = [amount for at, amount in self._of(customer_id) if at <= now and amount >= 0]
        return len(spent), sum(spent)

    def last_change(self, customer_id: int, now: int) -> int | None:
        """When an order of theirs came or changed last."""
        return max((at for at, _ in self._of(customer_id) if at <= now), default=None)

    def _enter(self, history: Sequence[Order]) -> None:
        buyer = history[0].customer_id
        if buyer is None:
            return
        for version in history:
            amount = version.total_price if version is history[0] else _NOTHING_NEW
            self._entries[buyer].extend((version.updated_at, amount))

    def _of(self, customer_id: int) -> Iterable[tuple[int, int]]:
        told = self._entries.get(customer_id)
        return () if told is None else zip(told[::2], told[1::2], strict=True)
