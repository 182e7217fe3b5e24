"""What is kept of a forecast: texts for amounts, so that what is read is what was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from hotdash.base.money import quantum
from hotdash.insights.forecasting.arrival import FEWEST_PERIODS, FUTURES, PERIOD, ArrivalForecast
from hotdash.insights.forecasting.conformal import FEWEST_WINDOWS, LEVEL
from hotdash.insights.forecasting.demand import HORIZONS, METHODS, DemandForecast, DemandRanges
from hotdash.insights.forecasting.series import HORIZON, LEAST_KNOWN, Floats, SeriesForecast
from hotdash.insights.forecasting.series_ranges import SumRange

SHOWN_DAYS = 56
_TENTH, _FINE = Decimal("0.1"), Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Known:
    """A daily series as it is published; without a currency it counts."""

    subject: str
    title: str
    currency: str | None
    last: date
    values: Floats

    @property
    def days_to_monday(self) -> int:
        """After the last known day, until the next whole week begins."""
        return 6 - self.last.weekday()

    @property
    def unit(self) -> Decimal:
        return _TENTH if self.currency is None else quantum(self.currency)


def series_document(known: Known, found: SeriesForecast | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": known.title,
        "currency": known.currency,
        "known_to": known.last.isoformat(),
        "days_known": int(np.isfinite(known.values).sum()),
        "recent": _recent(known),
        "level": LEVEL,
    }
    if found is None:
        return told | {"why": f"It needs {LEAST_KNOWN} known days."}
    monday = known.last + timedelta(days=known.days_to_monday + 1)
    return told | {
        "why": None,
        "method": found.method,
        "scores": [{"method": each.method, "mase": fine(each.mase)} for each in found.scores],
        "naive_mase": fine(found.naive_mase),
        "proven": {
            "mase": fine(found.proven.mase),
            "naive_mase": fine(found.proven.naive_mase),
            "windows": found.proven.windows,
        },
        "windows": found.windows,
        "coverage": fine(found.coverage),
        "judged_days": found.judged,
        "why_no_range": None
        if found.low is not None
        else f"A range needs {FEWEST_WINDOWS} windows of {HORIZON} days; {found.windows} are known.",
        "days": _days(known, found),
        "sums": [_sum(known, each) for each in found.sums],
        "week": {"first": monday.isoformat()} | _sum(known, found.week),
    }


def growth_document(
    found: ArrivalForecast | None, target: Decimal, revenue_12m: Decimal, currency: str, last: date
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "known_to": last.isoformat(),
        "currency": currency,
        "target": f"{target.quantize(quantum(currency), ROUND_HALF_UP):f}",
        "revenue_12m": f"{revenue_12m.quantize(quantum(currency), ROUND_HALF_UP):f}",
    }
    if found is None:
        why = f"It needs {FEWEST_PERIODS} periods of {PERIOD} days, each with revenue."
        return told | {"why": why}
    return told | {
        "why": None,
        "day": _iso(found.day),
        "earliest": _iso(found.earliest),
        "latest": _iso(found.latest),
        "share": fine(found.share),
        "growth_28d": fine(found.rate),
        "knows_season": found.knows_season,
        "futures": FUTURES,
    }


def demand_document(found: DemandForecast, ranges: DemandRanges, last: date) -> dict[str, Any]:
    smooth, rare = ~found.intermittent, found.intermittent
    weight = found.expected(28)
    is_told = np.isfinite(found.bias) & (weight > 0)
    total = float(weight[is_told].sum())
    bias = float((found.bias * weight)[is_told].sum()) / total if total else None
    return {
        "known_to": last.isoformat(),
        "items": len(found.method),
        "intermittent": int(rare.sum()),
        "kept": {name: int((found.method == place).sum()) for place, name in enumerate(METHODS)},
        "mase_of_smooth": fine(_middle(found.mase[smooth])),
        "rmsse": fine(_middle(found.rmsse[rare])),
        "naive_rmsse": fine(_middle(found.naive_rmsse[rare])),
        "bias": fine(bias),
        "own_ranges": int(ranges.is_own[:, HORIZONS.index(28)].sum()),
        "level": LEVEL,
        "coverage": [
            {"days": days, "held": fine(each.coverage), "judged": each.judged}
            for days, each in zip(HORIZONS, ranges.pooled, strict=True)
        ],
    }


def amount(value: float, unit: Decimal) -> Decimal:
    return Decimal(repr(float(value))).quantize(unit, ROUND_HALF_UP)


def fine(value: float | None) -> str | None:
    return None if value is None or not np.isfinite(value) else f"{amount(value, _FINE):f}"


def _recent(known: Known) -> list[dict[str, str | None]]:
    newest = known.values[-SHOWN_DAYS:]
    first = known.last - timedelta(days=len(newest) - 1)
    return [
        {
            "day": (first + timedelta(days=place)).isoformat(),
            "value": _told(value, known.unit) if np.isfinite(value) else None,
        }
        for place, value in enumerate(newest.tolist())
    ]


def _days(known: Known, found: SeriesForecast) -> list[dict[str, str | None]]:
    told: list[dict[str, str | None]] = []
    for place, value in enumerate(found.values.tolist()):
        day = known.last + timedelta(days=place + 1)
        ends = [None if end is None else float(end[place]) for end in (found.low, found.high)]
        low, high = (None if each is None else _told(each, known.unit) for each in ends)
        told.append(
            {"day": day.isoformat(), "value": _told(value, known.unit), "low": low, "high": high}
        )
    return told


def _sum(known: Known, each: SumRange) -> dict[str, Any]:
    ends = (each.low, each.high)
    low, high = (None if end is None else _told(end, known.unit) for end in ends)
    return {
        "days": each.days,
        "value": _told(each.value, known.unit),
        "low": low,
        "high": high,
        "coverage": fine(each.coverage),
        "held": each.held,
        "judged": each.judged,
    }


def _told(value: float, unit: Decimal) -> str:
    return f"{amount(value, unit):f}"


def _middle(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def periods_of(values: Floats) -> Sequence[float]:
    """Sums of 28 days that end with the newest, the oldest first; an unknown day as the mean of its period."""
    whole = len(values) // PERIOD
    blocks = values[len(values) - whole * PERIOD :].reshape(whole, PERIOD)
    known = np.isfinite(blocks)
    total = np.where(known, blocks, 0.0).sum(axis=1)
    return (total * PERIOD / np.maximum(known.sum(axis=1), 1)).tolist()
