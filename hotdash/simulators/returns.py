"""Goods that came back: most refunds of shipped lines have their return, some of them are still open."""

from dataclasses import dataclass

from hotdash.simulators.orders import Order, RefundLine

_DAY = 86_400
_MOST_LINES = 256
_REASONS = ("size-too-small", "defective", "not-as-described", "unwanted", "wrong-item")


@dataclass(frozen=True, slots=True)
class Return:
    return_id: int
    name: str
    status: str
    created_at: int
    closed_at: int | None
    lines: tuple[RefundLine, ...]

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)


def returns_of(order: Order) -> list[Return]:
    """Told together with their refund, although the goods were announced days before."""
    found: list[Return] = []
    for place, refund in enumerate(order.refunds):
        back = tuple(line for line in refund.lines if line.restock_type == "RETURN")
        if not back or order.order_id // 1000 % 4 == 3:
            continue
        is_open = order.order_id // 1000 % 7 == 0
        found.append(
            Return(
                return_id=refund.refund_id,
                name=f"{order.name}-R{place + 1}",
                status="OPEN" if is_open else "CLOSED",
                created_at=max(
                    refund.created_at - 3 * _DAY, order.fulfilled_at or order.created_at
                ),
                closed_at=None if is_open else refund.created_at,
                lines=back,
            )
        )
    return found


def return_status_of(returns: list[Return]) -> str:
    if not returns:
        return "NO_RETURN"
    return "IN_PROGRESS" if any(each.status == "OPEN" for each in returns) else "RETURNED"


def return_line_id_of(line: RefundLine) -> int:
    return line.refund_line_id


def reason_of(line: RefundLine) -> str:
    return _REASONS[line.refund_line_id // _MOST_LINES % len(_REASONS)]
