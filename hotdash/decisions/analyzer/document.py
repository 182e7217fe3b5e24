"""An analysis as one JSON document."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.decisions.analyzer.figures import Analysis
from hotdash.decisions.analyzer.recommending import Recommendation
from hotdash.decisions.analyzer.windows import RateLimitWindow

_FINE = 4


def analysis_document(found: Analysis, advised: Recommendation) -> dict[str, Any]:
    return {
        "source": found.source,
        "lines": found.lines,
        "unreadable": found.unreadable,
        "totals": {**asdict(found.totals), "failure_rate": _rounded(found.totals.failure_rate)},
        "ids": {**asdict(found.fates), "all": found.fates.ids},
        "seconds_to_success": asdict(found.waited),
        "by_code": [{"name": each.name, **asdict(each)} for each in found.by_code],
        "by_hour": [
            {
                **asdict(each),
                "failure_rate": _rounded(each.failure_rate),
                "retry_success": _rounded(each.retry_success),
            }
            for each in found.by_hour
        ],
        "by_attempt": [asdict(each) for each in found.by_attempt],
        "by_shop": [asdict(each) for each in found.by_shop],
        "by_job_run": [asdict(each) for each in found.by_job_run],
        "worst": [asdict(each) for each in found.worst],
        "windows": [window_document(each) for each in found.windows],
        "recommendation": {
            "policy": asdict(advised.policy) if advised.policy else None,
            "advice": [asdict(each) for each in advised.advice],
        },
    }


def window_document(window: RateLimitWindow) -> Mapping[str, Any]:
    return {
        "scope": window.scope.value,
        "key": window.key,
        "first_at": iso_utc(window.first_at),
        "last_at": iso_utc(window.last_at),
        "seconds": round(window.seconds, 1),
        "refused": window.refused,
        "calls": window.calls,
        "density": _rounded(window.density),
        "refused_per_minute": round(window.refused_per_minute, 1),
        "shops": list(window.shops),
        "job_runs": list(window.job_runs),
        "operations": list(window.operations),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, _FINE)
