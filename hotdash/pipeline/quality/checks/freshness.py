"""How old a source's complete-through mark is; never how old its newest row is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotdash.pipeline.quality.findings import Check, Dimension, Finding, Severity, finding_of

Marks = Mapping[str, Mapping[str, datetime]]

HARD, SOFT = "freshness_hard_", "freshness_soft_"
MEND = "Look at the last run: the shop's token may be revoked, or the vendor does not answer."


@dataclass(frozen=True)
class FreshnessLimit:
    """Beyond soft the marts are published and marked stale, beyond hard they keep their last good."""

    soft: timedelta
    hard: timedelta


def freshness_checks(
    source: str, marts: frozenset[str], shops: Iterable[str]
) -> tuple[Check, Check]:
    """The blocking one and the warning one, of the shops that have the source; only the graver speaks."""
    asked_of = frozenset(shops)

    def check(severity: Severity, name: str) -> Check:
        return Check(
            name,
            severity,
            marts,
            "data",
            f"{source} was not read for too long.",
            MEND,
            dimension=Dimension.TIMELINESS,
            sources=frozenset({source}),
            shops=asked_of,
        )

    return (
        check(Severity.BLOCKING, HARD + source),
        check(Severity.WARNING, SOFT + source),
    )


def stale_sources(
    source: str,
    limits: Mapping[str, FreshnessLimit],
    marts: frozenset[str],
    marks: Marks,
    as_of: datetime,
) -> Iterator[Finding]:
    """The limits are those of the shops that have this source."""
    hard, soft = freshness_checks(source, marts, limits)
    for shop_id, limit in sorted(limits.items()):
        mark = marks.get(shop_id, {}).get(source)
        if mark is None:
            sentence = f"{source} was never read completely."
            yield finding_of(hard, shop_id, sentence=sentence)
        elif as_of - mark > limit.hard:
            yield finding_of(hard, shop_id, sentence=_sentence(source, mark, as_of, limit.hard))
        elif as_of - mark > limit.soft:
            yield finding_of(soft, shop_id, sentence=_sentence(source, mark, as_of, limit.soft))


def _sentence(source: str, mark: datetime, as_of: datetime, limit: timedelta) -> str:
    return (
        f"{source} was last read completely at {mark:%Y-%m-%d %H:%M} UTC, "
        f"{_spoken(as_of - mark)} ago; the limit is {_spoken(limit)}."
    )


def _spoken(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"
