"""Everything a shop's answers teach, as lines that name nobody, with a sheet that says what they are."""

import io
import re
import secrets
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Any, cast

import orjson
from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.needles import ERASED, Needles
from hotdash.jobs.datasheet import FILE_OF_LINES, FILE_OF_SHEET, datasheet
from hotdash.jobs.learn import said_of
from hotdash.pipeline.quality.masking import masked
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.identity import names_of_people
from hotdash.storage.appdb.repositories.recommender import (
    LoggedAnswer,
    LoggedOutcome,
    logged_answers,
    logged_outcomes,
    subjects_of,
)
from hotdash.storage.appdb.session import Database

ACTION = "recommendations.training_set.export"
Line = dict[str, Any]
# However it is written: seven digits and more are a telephone, an order or an account.
_LONG_NUMBER = re.compile(r"\d(?:[ ()./-]{0,2}\d){6,}")


@dataclass(frozen=True, slots=True)
class TrainingSet:
    lines: Sequence[Line]
    sheet: str

    @property
    def text(self) -> str:
        return "".join(f"{orjson.dumps(line).decode()}\n" for line in self.lines)

    def zipped(self) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(FILE_OF_LINES, self.text)
            archive.writestr(FILE_OF_SHEET, self.sheet)
        return file.getvalue()


def export_training_set(
    database: Database, shop_id: str, actor: str, clock: Clock, key: bytes | None = None
) -> TrainingSet:
    """Pseudonyms are of a key that is thrown away: two exports cannot be put together by them."""
    at = clock.now()
    with database.jobs() as session:
        lines = list(_lines(session, shop_id, key or secrets.token_bytes(32)))
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=ACTION,
            subject="recommender",
            at=at,
            detail={"lines": len(lines)},
        )
    return TrainingSet(lines, datasheet(lines, at))


def _lines(session: Session, shop_id: str, key: bytes) -> Iterator[Line]:
    teller = _Teller(
        key,
        _names(session),
        subjects_of(session, shop_id),
        {each.decision_id: each for each in logged_outcomes(session, shop_id)},
    )
    for answer in logged_answers(session, shop_id):
        yield teller.line(shop_id, answer)


def _names(session: Session) -> re.Pattern[str] | None:
    """Of everybody who signs in: whole and each part that is long enough to be told from a word."""
    told = names_of_people(session).values()
    needles = Needles.of(part for name in told for part in (name, *name.split()))
    return re.compile(needles.pattern) if needles else None


@dataclass(frozen=True, slots=True)
class _Teller:
    key: bytes
    names: re.Pattern[str] | None
    subjects: Mapping[Any, str]
    outcomes: Mapping[Any, LoggedOutcome]

    def line(self, shop_id: str, answer: LoggedAnswer) -> Line:
        detail, asked = answer.detail, answer.recommendation_id
        foretold = detail.get("foretold")
        return {
            "example": self.pseudonym("example", answer.key),
            "shop": self.pseudonym("shop", shop_id),
            "day": answer.at.date().isoformat(),
            "about": self.pseudonym("about", self.subjects.get(asked, asked)),
            "context": dict(detail["context"]),
            "options": [self._plain(each) for each in detail.get("options") or ()],
            "place": answer.rank,
            "shown_order": [
                self.pseudonym("asked", each) for each in detail.get("shown_order", ())
            ],
            "asked": self.pseudonym("asked", asked),
            "trial": bool(detail.get("trial")),
            "foretold": None if foretold is None else float(foretold),
            "choice": said_of(answer).value,
            "option": self._words(detail.get("option")),
            "edits": self._edits(detail.get("edits") or {}),
            "seconds": detail.get("seconds_to_decide"),
            "by": None if answer.is_ignored else self.pseudonym("person", answer.actor),
            "rationale": self._words(answer.rationale) if answer.rationale else None,
            "outcome": self._outcome(answer),
        }

    def pseudonym(self, kind: str, named: object) -> str:
        told = blake2b(f"{kind}\x1f{named}".encode(), key=self.key, digest_size=8)
        return f"{kind}-{told.hexdigest()}"

    def _words(self, text: Any) -> str | None:
        """Without addresses, telephones and whoever signs in here."""
        if text is None:
            return None
        told = _LONG_NUMBER.sub(ERASED, masked({"text": str(text)})["text"])
        return self.names.sub(rf"\1\2{ERASED}\3", told) if self.names else told

    def _edits(self, edits: Mapping[str, Any]) -> Line:
        """Numbers stay as they are; of words it is told that they were changed, and not into what."""
        return {
            str(self._words(name)): value if isinstance(value, int | float) else ERASED
            for name, value in edits.items()
            if value is not None
        }

    def _plain(self, option: Any) -> Line:
        told = cast("Mapping[str, Any]", option)
        return {
            name: value if isinstance(value, int | float) else self._words(value)
            for name, value in told.items()
        }

    def _outcome(self, answer: LoggedAnswer) -> Line | None:
        found = None if answer.is_ignored else self.outcomes.get(answer.key)
        if found is None:
            return None
        return {
            "metric": found.metric,
            "before": _number(found.before),
            "after": _number(found.after),
            "baseline": _number(found.baseline),
            "verdict": found.verdict,
            "worked": found.worked,
            "days": (found.measured_at - answer.at) // timedelta(days=1),
        }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
