"""Money is a decimal with a currency. No float ever holds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_NO_MINOR_UNIT = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
_THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_LARGE = Decimal(1_000)
MINUS = "−"
_SIGNS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "INR": "₹",
    "KRW": "₩",
    "CNY": "CN¥",
    "MXN": "MX$",
    "BRL": "R$",
    "ILS": "₪",
    "VND": "₫",
}


def minor_digits(currency: str) -> int:
    if currency in _NO_MINOR_UNIT:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def quantum(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    def rounded(self) -> "Money":
        return Money(
            self.amount.quantize(quantum(self.currency), rounding=ROUND_HALF_UP), self.currency
        )


def sign(currency: str) -> str:
    """What stands before an amount: the sign that everybody knows, else the code."""
    return _SIGNS.get(currency, f"{currency} ")


def signed(amount: Decimal, currency: str, digits: str) -> str:
    return f"{MINUS if amount < 0 else ''}{sign(currency)}{digits}"


def in_words(amount: Decimal, currency: str, *, beside: Decimal | None = None) -> str:
    """As sentences say it: large sums in whole units, for cents say nothing beside them."""
    said = as_said(amount, currency, beside=beside)
    return signed(said, currency, f"{abs(said):,f}")


def as_said(amount: Decimal, currency: str, *, beside: Decimal | None = None) -> Decimal:
    """Where one sentence says several, all are as exact as the largest of them."""
    cent = quantum(currency)
    largest = max(abs(amount), abs(amount if beside is None else beside))
    is_large = largest.quantize(cent, rounding=ROUND_HALF_UP) >= _LARGE
    return amount.quantize(Decimal(1) if is_large else cent, rounding=ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Split total by weights in whole minor units; the shares always sum to total exactly."""
    unit = quantum(currency)
    units = int((total / unit).to_integral_value())
    if units * unit != total:
        raise ValueError(f"{total} {currency} is not a whole number of minor units")
    weight_sum = sum((Decimal(weight) for weight in weights), Decimal(0))
    if weight_sum == 0:
        raise ValueError("cannot allocate by weights that sum to zero")
    sign = -1 if units < 0 else 1
    exact = [abs(units) * Decimal(weight) / weight_sum for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(
        range(len(shares)), key=lambda index: (shares[index] - exact[index], index)
    )
    for index in by_remainder[: abs(units) - sum(shares)]:
        shares[index] += 1
    return [sign * share * unit for share in shares]
