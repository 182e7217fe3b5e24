"""Erase a person everywhere, look again, and write down what was found before and after."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.logging import without_addresses
from hotdash.base.needles import Needles
from hotdash.governance.privacy import erasure_log
from hotdash.governance.privacy.erasure_key import FOLDER, KEY_FILE, ErasureKey
from hotdash.governance.privacy.erasure_log import Erasure, StillFoundError
from hotdash.governance.privacy.kept_words import WORDS, KeptWords, WordsKeeper
from hotdash.governance.privacy.person import (
    Asked,
    Person,
    find_person,
    without_names_of_things,
    without_words_of_others,
)
from hotdash.governance.privacy.stores import WAREHOUSE, Found, Stores
from hotdash.governance.privacy.whole_shop import (
    empty_marked_columns,
    is_told_in_raw,
    people_of,
    told_of_nobody_known,
)
from hotdash.governance.privacy.write_over import Writing
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.personal_bytes import WithoutWords

PROOFS = FOLDER / "proofs"
ERASED_ACTION = "person erased"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants it and why."""

    actor: str
    reason: str

    def require_nameless(self, person: Person) -> None:
        """It goes into the audit log, out of which no word ever comes."""
        if person.needles.stand_in(self.reason.encode()):
            raise ConflictError(
                "The reason names the person, and reasons stay in the audit log for good.",
                hint="Say it without: by the number or the day of their letter, for instance.",
                field="reason",
            )


@dataclass(frozen=True, slots=True)
class StoreProof:
    store: str
    held_before: int
    held_after: int


@dataclass(frozen=True)
class Proof:
    erasure: Erasure
    stores: Sequence[StoreProof]
    file: Path | None = None

    @property
    def left(self) -> list[StoreProof]:
        return [each for each in self.stores if each.held_after]

    @property
    def held(self) -> list[StoreProof]:
        return [each for each in self.stores if each.held_before]

    def as_json(self) -> dict[str, Any]:
        erasure = self.erasure
        return {
            "erasure_id": erasure.erasure_id,
            "shop_id": erasure.shop_id,
            "actor": erasure.actor,
            "reason": erasure.reason,
            "asked_at": iso_utc(erasure.asked_at),
            "customer_ids": list(erasure.customer_ids),
            "contact_ids": list(erasure.contact_ids),
            "is_whole_shop": erasure.is_whole_shop,
            "stores_searched": len(self.stores),
            "left": [asdict(each) for each in self.left],
            "stores": [asdict(each) for each in self.stores],
        }


@dataclass(frozen=True)
class _Work:
    """One erasure, and who is meant by it as raw tells it now."""

    erasure: Erasure
    asked: Asked
    person: Person
    kept: KeptWords | None
    is_resumed: bool

    @property
    def kept_words(self) -> frozenset[str]:
        return self.kept.words if self.kept else frozenset()

    @property
    def is_unknown(self) -> bool:
        """A search for no word would find nothing, and prove nothing."""
        return self.is_resumed and self.kept is None and not self.person.is_here

    @property
    def is_killed(self) -> bool:
        return self.is_resumed and not (self.kept and self.kept.is_written_anew)


@dataclass(frozen=True)
class Office:
    stores: Stores
    clock: Clock
    packet_without: WithoutWords

    @property
    def home(self) -> Path:
        return self.stores.home

    @property
    def key(self) -> ErasureKey:
        return ErasureKey.in_home(self.home)

    @property
    def words(self) -> WordsKeeper:
        return WordsKeeper(self.home, self.key)

    def erase(self, asked: Asked, asking: Asking) -> Proof:
        person = self._found(asked)
        asking.require_nameless(person)
        known = erasure_log.erasures(self.home)
        begun = erasure_log.unfinished_of(known, person, self.key) or Erasure(
            str(new_id()),
            *(asked.shop_id, self.clock.now(), asking.actor, without_addresses(asking.reason)),
            *((), (), ()),
        )
        is_resumed = begun in known
        kept = self.words.of(begun.erasure_id) if is_resumed else None
        return self._carry_out(_Work(begun, asked, person, kept, is_resumed))

    def replay(self) -> list[Proof]:
        """After an older backup was restored, or new data brought somebody back.

        One of whom something is left keeps the others waiting for nothing.
        """
        unfinished: list[StillFoundError] = []
        proofs: list[Proof] = []
        known = erasure_log.erasures(self.home)
        people = [self._again(each) for each in known if not each.is_whole_shop]
        shops = [each for each in known if each.is_whole_shop]
        # Not until its people are erased, who are known by what is emptied here.
        attempts = chain(
            (partial(self._carry_out, each) for each in self._to_do(people)),
            (
                partial(self._empty_shop, each, each.asked_at)
                for each in shops
                if self._is_told(each)
            ),
        )
        for attempt in attempts:
            try:
                proofs.append(attempt())
            except StillFoundError as error:
                unfinished.append(error)
        if unfinished:
            raise unfinished[0]
        return proofs

    def forget_finished_before(self, instant: datetime) -> None:
        self.words.forget_finished_before(instant, erasure_log.erasures(self.home))

    def _again(self, erasure: Erasure) -> _Work:
        asked = erasure.asked(self.key, erasure_log.erased_hashes(self.home))
        person = find_person(self.stores.warehouse, asked)
        kept = self.words.of(erasure.erasure_id)
        return _Work(erasure, asked, person, kept, is_resumed=erasure.finished_at is None)

    def _to_do(self, known: Sequence[_Work]) -> Iterator[_Work]:
        """What raw knows nothing of is looked for all at once first, because mostly nobody is back."""
        resting = [each for each in known if not each.is_resumed and not each.person.is_here]
        shops = {each.erasure.shop_id for each in resting}
        found = {shop_id for shop_id in shops if self._is_anybody_back(shop_id, resting)}
        for each in known:
            is_back = each.erasure.shop_id in found and self._is_back(each)
            if each not in resting or is_back:
                yield each

    def _is_anybody_back(self, shop_id: str, resting: Sequence[_Work]) -> bool:
        of_shop = [each for each in resting if each.erasure.shop_id == shop_id]
        words = frozenset(word for each in of_shop for word in self._own_words(each))
        own = without_names_of_things(self.stores.warehouse, shop_id, words)
        return self._stand_anywhere(shop_id, Needles(own))

    def _is_back(self, work: _Work) -> bool:
        return self._stand_anywhere(work.erasure.shop_id, self._needles(work))

    def _stand_anywhere(self, shop_id: str, needles: Needles) -> bool:
        return bool(needles) and any(each.held for each in self.stores.search(shop_id, needles))

    def _needles(self, work: _Work) -> Needles:
        """Also what raw does not know any more, where it is still this person's."""
        shop_id, own = work.erasure.shop_id, self._own_words(work)
        return Needles(without_names_of_things(self.stores.warehouse, shop_id, own))

    def _own_words(self, work: _Work) -> frozenset[str]:
        told = work.kept_words
        own = without_words_of_others(self.stores.warehouse, work.asked, work.person, told)
        return work.person.needles.words | own

    def people_of(self, shop_id: str) -> list[Asked]:
        """Some at a time, of a shop that is erased with everybody it knows."""
        erased = erasure_log.erased_hashes(self.home)
        return list(people_of(self.stores.warehouse, shop_id, erased))

    def erase_left(self, asked: Asked, asking: Asking) -> list[Proof]:
        """Who had the same address as somebody before was erased with them."""
        is_here = find_person(self.stores.warehouse, asked).is_here
        return [self.erase(asked, asking)] if is_here else []

    def empty_shop(self, shop_id: str, asking: Asking) -> list[Proof]:
        """After everybody it knows was erased: what is nobody's known customer, unless that is done."""
        known = erasure_log.of_whole_shop(self.home, shop_id)
        is_open = [each for each in known if each.finished_at is None]
        told = told_of_nobody_known(self.stores, shop_id)
        if known and not is_open and not any(each.held for each in told):
            return []
        begun = next(iter(is_open), None) or Erasure(
            str(new_id()),
            *(shop_id, self.clock.now(), asking.actor, asking.reason),
            *((), (), ()),
            is_whole_shop=True,
        )
        return [self._empty_shop(begun)]

    def require_none_open(self, shop_id: str, just_found: Sequence[StillFoundError]) -> None:
        """Also of a night before, which is not tried here again."""
        if just_found:
            raise just_found[0]
        known = erasure_log.erasures(self.home)
        still = sum(each.shop_id == shop_id and each.finished_at is None for each in known)
        if still:
            raise _still_open(shop_id, still)

    def _is_told(self, erasure: Erasure) -> bool:
        """Of what was read before: whom the shop knows since came of their own will."""
        is_open = erasure.finished_at is None
        return is_open or is_told_in_raw(self.stores, erasure.shop_id, erasure.asked_at)

    def _empty_shop(self, erasure: Erasure, until: datetime | None = None) -> Proof:
        erasure_log.keep(self.home, replace(erasure, finished_at=None, proof_sha256=None))
        before = told_of_nobody_known(self.stores, erasure.shop_id, until)
        empty_marked_columns(self.stores, erasure.shop_id, until)
        after = told_of_nobody_known(self.stores, erasure.shop_id, until)
        proof = _kept(self.home, Proof(erasure, _compared(before, after)), self.clock.now())
        if proof.left:
            raise _still_found(proof)
        return self._finished(erasure, proof)

    def _carry_out(self, work: _Work) -> Proof:
        if work.is_unknown:
            raise _nobody_knows(work.erasure)
        person = replace(work.person, needles=self._needles(work))
        erasure = work.erasure.covering(person, self.key)
        erasure_log.keep(self.home, replace(erasure, finished_at=None, proof_sha256=None))
        words = person.needles.words | work.kept_words
        self.words.keep(erasure.erasure_id, KeptWords(words))
        before = self._look(work.asked, person.needles)
        Writing(
            *(self.stores, person, self.key, self.packet_without),
            is_killed=work.is_killed,
            was_written_anew=bool(work.kept and work.kept.is_written_anew),
        ).everywhere()
        self.words.keep(erasure.erasure_id, KeptWords(words, is_written_anew=True))
        after = self._look(work.asked, person.needles)
        proof = _kept(self.home, Proof(erasure, _compared(before, after)), self.clock.now())
        if proof.left:
            raise _still_found(proof)
        return self._finished(erasure, proof)

    def _look(self, asked: Asked, needles: Needles) -> list[Found]:
        """Also by their ids: of whoever has a first name alone no word tells."""
        now_erased = replace(asked, erased_hashes=erasure_log.erased_hashes(self.home))
        known = find_person(self.stores.warehouse, now_erased).is_here
        by_ids = Found(WAREHOUSE, "raw, by the ids of the person", int(known))
        return [*self.stores.search(asked.shop_id, needles), by_ids]

    def _finished(self, erasure: Erasure, proof: Proof) -> Proof:
        assert proof.file is not None
        sha256 = hashlib.sha256(proof.file.read_bytes()).hexdigest()
        now = self.clock.now()
        with self.stores.database.jobs() as session:
            audit.add_event(
                session,
                shop_id=erasure.shop_id,
                actor=erasure.actor,
                action=ERASED_ACTION,
                subject=erasure.erasure_id,
                at=now,
                detail={"reason": erasure.reason, "proof_sha256": sha256},
            )
        erasure_log.keep(self.home, replace(erasure, finished_at=now, proof_sha256=sha256))
        return proof

    def _found(self, asked: Asked) -> Person:
        person = find_person(self.stores.warehouse, asked)
        if not person.addresses and not person.order_ids and not person.is_here:
            raise NotFoundError(
                "Nothing is known here of this person.",
                hint="Who was erased before is not known any more: `hotdash privacy report`.",
                field="customer",
            )
        return person


def _compared(before: Sequence[Found], after: Sequence[Found]) -> list[StoreProof]:
    held: Mapping[str, int] = {each.store: each.held for each in before}
    left: Mapping[str, int] = {each.store: each.held for each in after}
    return [
        StoreProof(store, held.get(store, 0), left.get(store, 0))
        for store in sorted({*held, *left})
    ]


def _kept(home: Path, proof: Proof, now: datetime) -> Proof:
    """Each look has a file of its own, unless it found the same left as the one before."""
    folder = home / PROOFS
    same = _same_left(folder, proof) if proof.left else None
    if same is not None:
        return replace(proof, file=same)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{proof.erasure.erasure_id}-{now:%Y%m%dT%H%M%S%f}.json"
    document = {**proof.as_json(), "looked_at": iso_utc(now)}
    beside = file.with_name(f".{file.name}")
    with beside.open("wb") as writing:
        writing.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        writing.flush()
        os.fsync(writing.fileno())
    os.replace(beside, file)
    return replace(proof, file=file)


def _same_left(folder: Path, proof: Proof) -> Path | None:
    known = sorted(folder.glob(f"{proof.erasure.erasure_id}-*.json"))
    told = orjson.loads(known[-1].read_bytes()) if known else None
    left = [asdict(each) for each in proof.left]
    is_same = told is not None and proof.held == proof.left and told["left"] == left
    return known[-1] if is_same else None


def _still_found(proof: Proof) -> StillFoundError:
    named = ", ".join(each.store for each in proof.left[:5])
    return StillFoundError(
        f"After erasing, {len(proof.left)} stores still hold words of this person: {named}.",
        hint=f"{proof.file} lists all; the erasure stays open in `hotdash privacy report`. The audit "
        "log cannot change; a bundle of evidence is yours to remove, and then `hotdash privacy replay`.",
    )


def _still_open(shop_id: str, still: int) -> StillFoundError:
    erasures = "1 erasure is" if still == 1 else f"{still} erasures are"
    return StillFoundError(
        f"Everybody of {shop_id} was erased, but {erasures} not finished.",
        hint="`hotdash privacy report` lists them; `hotdash privacy replay` tries them again.",
    )


def _nobody_knows(erasure: Erasure) -> StillFoundError:
    return StillFoundError(
        f"By what words to search for erasure {erasure.erasure_id} is not known any more, and it "
        "stays open.",
        hint=f"Bring {WORDS} and {KEY_FILE} of the home back as they were when it was begun, then "
        "`hotdash privacy replay`.",
    )
