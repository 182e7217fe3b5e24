"""What every question of a validation is asked of: one snapshot, the checks' newest answers, and parity."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.parity import Parity
from hotdash.reports.validation.contract import Finding, Item, Outcome
from hotdash.storage.appdb.repositories.checks import (
    PASSED,
    CheckRecord,
    newest_answers,
    newest_checked_build,
)
from hotdash.storage.appdb.repositories.publications import (
    MartEdition,
    Pointer,
    editions_of,
    pointer_of,
)
from hotdash.storage.appdb.repositories.shops import ShopRecord

BLOCKING = "blocking"


@dataclass(frozen=True)
class Asked:
    """sources are those connected; parity is serving held against its own publication."""

    session: Session
    shop: ShopRecord
    sources: frozenset[str]
    pointer: Pointer | None
    editions: Mapping[str, MartEdition]
    checked_build: UUID | None
    checks: Mapping[str, CheckRecord]
    parity: Parity

    @classmethod
    def of(
        cls, session: Session, shop: ShopRecord, sources: Collection[str], parity: Parity
    ) -> "Asked":
        pointer = pointer_of(session, shop.shop_id)
        editions = editions_of(session, shop.shop_id, pointer.manifest_id) if pointer else {}
        return cls(
            *(session, shop, frozenset(sources), pointer, editions),
            newest_checked_build(session, shop.shop_id),
            {each.check_name: each for each in newest_answers(session, shop.shop_id)},
            parity,
        )

    @property
    def checked_at(self) -> datetime | None:
        return max((each.at for each in self.checks.values() if each.at), default=None)

    def has(self, *sources: str) -> bool:
        return not self.sources.isdisjoint(sources)

    def parts(self, mart: str) -> list[int]:
        edition = self.editions.get(mart)
        return [entry.part for entry in edition.entries.values()] if edition else []

    def parameters(self, mart: str) -> dict[str, object]:
        return {"shop_id": self.shop.shop_id, "parts": self.parts(mart)}

    def finding(self, what: str) -> Finding:
        return Finding(self.shop.shop_id, what)

    def answers(self, names: Collection[str]) -> list[CheckRecord]:
        return [each for name, each in sorted(self.checks.items()) if name in names]

    def failures(self, answers: Sequence[CheckRecord]) -> list[Finding]:
        """What only warns is a finding that keeps nobody from signing."""
        return [
            Finding(
                self.shop.shop_id,
                f"{each.sentence} ({each.check_name})",
                explained=each.severity != BLOCKING,
            )
            for each in answers
            if each.status != PASSED
        ]


def judged(
    name: str,
    question: str,
    findings: Sequence[Finding],
    passed: str,
    *,
    rests_on: Sequence[str],
    mend: str,
    is_blocking: bool = True,
    not_asked: str | None = None,
) -> Item:
    """not_asked says why nobody knows; findings that are explained are only noted."""
    if any(not each.explained for each in findings):
        outcome, told = Outcome.FAILED, _counted(findings)
    elif not_asked is not None:
        outcome, told = Outcome.NOT_ASKED, not_asked
    elif findings:
        outcome, told = Outcome.NOTED, f"{passed} {_counted(findings)}"
    else:
        outcome, told = Outcome.PASSED, passed
    hint = "" if outcome is Outcome.PASSED else mend
    return Item(
        *(name, question, is_blocking, outcome, told, tuple(rests_on)),
        findings=tuple(findings),
        mend=hint,
    )


def not_here(name: str, question: str, told: str) -> Item:
    return Item(name, question, False, Outcome.NOT_HERE, told, ())


def _counted(findings: Sequence[Finding]) -> str:
    noted = sum(each.explained for each in findings)
    parts = [f"{len(findings) - noted} not as they should be"] * (len(findings) > noted)
    parts += [f"{noted} noted"] * bool(noted)
    return ", ".join(parts).capitalize() + "."
