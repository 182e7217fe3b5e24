"""How much of Meta's limits is used up, as every answer says, and what follows from it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

# Business usage counts all of an account's calls, the other two those for insights.
BUSINESS = "x-business-use-case-usage"
INSIGHTS = "x-fb-ads-insights-throttle"
ACCOUNT = "x-ad-account-usage"

_SHARES = (
    *("call_count", "total_cputime", "total_time"),
    *("app_id_util_pct", "acc_id_util_pct"),
)
_REGAIN = "estimated_time_to_regain_access"
_SLOWED_FROM = 0.75
_LONGEST_REST = 60.0
_MINUTE = 60.0


@dataclass
class Usage:
    """`share` is the fullest of all limits, from 0 to 1; `regain` the seconds until Meta answers again."""

    share: float = 0.0
    regain: float = 0.0

    def told(self, headers: Mapping[str, str]) -> None:
        told = list(_limits(headers))
        percent = max((_number(each.get(name)) for each in told for name in _SHARES), default=0.0)
        self.share = percent / 100
        self.regain = _MINUTE * max((_number(each.get(_REGAIN)) for each in told), default=0.0)

    def rest(self) -> float:
        """The seconds to leave Meta alone before the next call: the fuller the limit, the longer.

        Said once: the next answer tells anew how things stand.
        """
        regain, self.regain = self.regain, 0.0
        if regain:
            return regain
        above = min(self.share, 1.0) - _SLOWED_FROM
        return max(0.0, above / (1 - _SLOWED_FROM) * _LONGEST_REST)


def _limits(headers: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    for name in (INSIGHTS, ACCOUNT):
        yield from _objects([_json(headers.get(name))])
    for business in _objects([_json(headers.get(BUSINESS))]):
        for limits in business.values():
            yield from _objects(cast("Iterable[Any]", limits) if isinstance(limits, list) else ())


def _objects(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for value in values:
        if isinstance(value, dict):
            yield cast("Mapping[str, Any]", value)


def _json(header: str | None) -> Any:
    """A header that cannot be read says nothing."""
    try:
        return json.loads(header or "null")
    except ValueError:
        return None


def _number(value: Any) -> float:
    try:
        return max(0.0, float(value))
    except (TypeError, ValueError):
        return 0.0
