"""Whether the vendors still accept our keys. What rests on a refused source is blocked by its age, not by this."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotdash.pipeline.quality.findings import Check, Dimension, Finding, Severity, finding_of

MartsOf = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class RejectedSource:
    shop_id: str
    source: str
    reason: str
    hint: str


def source_checks(sources: Mapping[str, Iterable[str]], marts_of: MartsOf) -> Iterator[Check]:
    """One per source and the shops that have it, so that an accepted key is known to be one."""
    for source, shops in sources.items():
        yield _check(source, marts_of, "Enter its key anew.", shops)


def source_findings(rejected: Sequence[RejectedSource], marts_of: MartsOf) -> Iterator[Finding]:
    for each in rejected:
        yield finding_of(
            _check(each.source, marts_of, each.hint, {each.shop_id}),
            each.shop_id,
            sentence=each.reason,
        )


def key_check(source: str) -> str:
    return f"key_of_{source}_accepted"


def _check(source: str, marts_of: MartsOf, mend: str, shops: Iterable[str]) -> Check:
    why = f"{source} does not accept the key it was given; it is not asked until a new one is entered."
    return Check(
        key_check(source),
        Severity.WARNING,
        marts_of(source),
        "data",
        why,
        mend,
        dimension=Dimension.TIMELINESS,
        sources=frozenset({source}),
        shops=frozenset(shops),
    )
