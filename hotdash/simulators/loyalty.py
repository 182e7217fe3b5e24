"""How often and for how much each customer bought, kept up as the clock goes on."""

from collections import defaultdict

from hotdash.simulators.world import ShopWorld

# Around midnight an order may lie in the day next to its own.
_MARGIN = 600


class CustomerTotals:
    """Counts each order once, when it is placed; only a clock set back makes it count anew."""

    def __init__(self, world: ShopWorld) -> None:
        self._world = world
        self._forget()

    def of(self, customer_id: int, now: int) -> tuple[int, int]:
        """Orders and minor units up to now."""
        if now < self._until:
            self._forget()
        if now > self._until:
            self._count(now)
        return self._orders[customer_id], self._spent[customer_id]

    def _forget(self) -> None:
        self._until = self._world.opened - 1
        self._orders: dict[int, int] = defaultdict(int)
        self._spent: dict[int, int] = defaultdict(int)

    def _count(self, now: int) -> None:
        for history in self._world.histories(self._until - _MARGIN, now + _MARGIN):
            placed = history[0]
            if placed.customer_id is not None and self._until < placed.created_at <= now:
                self._orders[placed.customer_id] += 1
                self._spent[placed.customer_id] += placed.total_price
        self._until = now
