"""A study as a document: equal publications are equal bytes, so nothing in it knows when it was asked."""

from decimal import Decimal
from typing import Any

import orjson

from hotdash.base.clock import iso_utc
from hotdash.reports.packet.contract import Query
from hotdash.reports.studies import activation, sentences
from hotdash.reports.studies.contract import (
    Baseline,
    Effect,
    Link,
    Series,
    Standing,
    StudyAnswer,
    StudyOfPair,
)

FORMAT = 1
"""It grows when a field is renamed or gone."""
_DIGITS = 6


def as_json(answer: StudyAnswer) -> dict[str, Any]:
    found, study = answer.found, answer.study
    is_baseline = isinstance(found, Baseline)
    return {
        "format": FORMAT,
        "study": study.name,
        "title": study.title,
        "question": study.question,
        "state": answer.state.value,
        "verdict": answer.verdict,
        "sample": answer.sample,
        "rests_on": _rests_on(answer.standing),
        "baseline": _baseline(found) if is_baseline else None,
        "pair": None if is_baseline else _pair(found),
        "method": list(activation.METHOD if is_baseline else sentences.METHOD),
        "caveat": study.caveat,
        "query": _query(answer.query),
    }


def as_bytes(answer: StudyAnswer) -> bytes:
    return orjson.dumps(as_json(answer), option=orjson.OPT_INDENT_2) + b"\n"


def blocked_of(answer: StudyAnswer) -> list[dict[str, Any]]:
    """Why a newer publication is not in it; that changes without one, so it stands beside the document."""
    if answer.standing is None:
        return []
    blocked = sorted(answer.standing.blocked.items())
    return [{"mart": mart} | block.as_json() for mart, block in blocked]


def _rests_on(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "shop": standing.shop_id,
        "timezone": standing.timezone,
        "publication": str(standing.publication) if standing.publication else None,
        "builds": {mart: str(build) if build else None for mart, build in standing.builds.items()},
        "as_of": {source: iso_utc(at) for source, at in standing.as_of.items()},
    }


def _pair(found: StudyOfPair) -> dict[str, Any]:
    return {
        "first": _series(found.first),
        "second": _series(found.second),
        "common_days": found.common_days,
        "link": _link(found.link) if found.link else None,
        "days": [
            [each.day.isoformat(), _text(each.first), _text(each.second)] for each in found.days
        ],
    }


def _series(each: Series) -> dict[str, Any]:
    return {
        "metric": each.metric,
        "version": each.version,
        "title": each.title,
        "unit": each.unit,
        "days_known": each.days_known,
        "left_out": each.left_out or None,
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "lag": link.lag,
        "correlation": round(link.correlation, _DIGITS),
        "chance": round(link.chance, _DIGITS),
        "false_share": round(link.false_share, _DIGITS),
        "halves": [round(each, _DIGITS) for each in link.halves],
        "past_days": list(link.past_days),
        "pairs_tested": link.pairs_tested,
        "effect": _effect(link.effect) if link.effect else None,
        "lags": [
            {
                "lag": each.lag,
                "correlation": round(each.correlation, _DIGITS),
                "pairs": each.pairs,
                "stands_out_from": round(each.stands_out_from, _DIGITS),
            }
            for each in link.lags
        ],
    }


def _effect(effect: Effect) -> dict[str, Any]:
    return {
        "leader": effect.leader,
        "follower": effect.follower,
        "unit": effect.unit,
        "after_least": _text(effect.after_least),
        "after_most": _text(effect.after_most),
        "days": effect.days,
    }


def _baseline(found: Baseline) -> dict[str, Any]:
    return {
        "shops": found.shops,
        "started": found.started,
        "activated": found.activated,
        "rate": _text(found.rate),
        "low": _text(found.low),
        "high": _text(found.high),
        "days": [
            [
                *(each.day.isoformat(), each.started, each.activated),
                *(each.started_7d, each.activated_7d),
            ]
            for each in found.days
        ],
    }


def _query(query: Query) -> dict[str, Any]:
    return {
        "title": query.title,
        "url": query.url,
        "statements": [
            {"sql": each.sql, "asked": dict(each.asked), "digest": each.digest}
            for each in query.statements
        ],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
