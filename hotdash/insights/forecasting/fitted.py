"""The two fitted methods. Their library takes seconds to load, so only a forecast that is computed loads it."""

import warnings
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WEEK = 7


class _Model(Protocol):
    def forecast(self, y: Floats, h: int) -> dict[str, Floats]: ...


def auto_ets(known: Floats, days: int) -> Floats:
    """Errors and season add up, no trend: 'ANA'."""
    return _forecast("AutoETS", known, days, {"model": "ANA"})


def auto_ces(known: Floats, days: int) -> Floats:
    return _forecast("AutoCES", known, days, {})


def _forecast(name: str, known: Floats, days: int, options: dict[str, Any]) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsforecast import models

        model = cast(_Model, getattr(models, name)(season_length=WEEK, **options))
        return np.asarray(model.forecast(y=known, h=days)["mean"], dtype=np.float64)
