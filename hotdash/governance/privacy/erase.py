"""Erase a person everywhere, look again, and write down what was found before and after."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.base.logging import without_addresses
from hotdash.governance.privacy import erasure_log
from hotdash.governance.privacy.erasure_key import FOLDER, ErasureKey
from hotdash.governance.privacy.erasure_log import Erasure
from hotdash.governance.privacy.person import Asked, Person, find_person
from hotdash.governance.privacy.stores import Found, Stores
from hotdash.governance.privacy.whole_shop import people_of
from hotdash.governance.privacy.write_over import Writing
from hotdash.storage.appdb.repositories import audit

PROOFS = FOLDER / "proofs"
ERASED_ACTION = "person erased"


class StillFoundError(HotdashError):
    code = "still_found"
    http_status = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants it and why; the reason names no person."""

    actor: str
    reason: str


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
            "stores_searched": len(self.stores),
            "left": [asdict(each) for each in self.left],
            "stores": [asdict(each) for each in self.stores],
        }


@dataclass(frozen=True)
class Office:
    stores: Stores
    clock: Clock

    @property
    def home(self) -> Path:
        return self.stores.home

    @property
    def key(self) -> ErasureKey:
        return ErasureKey.in_home(self.home)

    def erase(self, asked: Asked, asking: Asking) -> Proof:
        person = self._found(asked)
        known = erasure_log.erasures(self.home)
        begun = erasure_log.unfinished_of(known, person, self.key) or Erasure(
            str(new_id()),
            *(asked.shop_id, self.clock.now(), asking.actor, without_addresses(asking.reason)),
            *((), (), ()),
        )
        return self._carry_out(begun.covering(person, self.key), person)

    def replay(self) -> list[Proof]:
        """After an older backup was restored, or new data brought somebody back.

        One of whom something is left keeps the others waiting for nothing.
        """
        unfinished: list[StillFoundError] = []
        hashes = erasure_log.erased_hashes(self.home)
        proofs: list[Proof] = []
        for each in erasure_log.erasures(self.home):
            person = find_person(self.stores.warehouse, each.asked(self.key, hashes))
            if not person.is_here and each.finished_at is not None:
                continue
            try:
                proofs.append(self._carry_out(each.covering(person, self.key), person))
            except StillFoundError as error:
                unfinished.append(error)
        if unfinished:
            raise unfinished[0]
        return proofs

    def people_of(self, shop_id: str) -> list[Asked]:
        """Some at a time, of a shop that is erased with everybody it knows."""
        erased = erasure_log.erased_hashes(self.home)
        return list(people_of(self.stores.warehouse, shop_id, erased))

    def erase_left(self, asked: Asked, asking: Asking) -> list[Proof]:
        """Who had the same address as somebody before was erased with them."""
        is_here = find_person(self.stores.warehouse, asked).is_here
        return [self.erase(asked, asking)] if is_here else []

    def _carry_out(self, erasure: Erasure, person: Person) -> Proof:
        erasure_log.keep(self.home, replace(erasure, finished_at=None, proof_sha256=None))
        before = self.stores.search(person.shop_id, person.needles)
        Writing(self.stores, person, self.key).everywhere()
        after = self.stores.search(person.shop_id, person.needles)
        proof = _kept(self.home, Proof(erasure, _compared(before, after)), self.clock.now())
        if proof.left:
            raise _still_found(proof)
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
    """Each look has a file of its own: what was proven once stays."""
    folder = home / PROOFS
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


def _still_found(proof: Proof) -> StillFoundError:
    named = ", ".join(each.store for each in proof.left[:5])
    return StillFoundError(
        f"After erasing, {len(proof.left)} stores still hold words of this person: {named}.",
        hint=f"{proof.file} lists all; the erasure stays open in `hotdash privacy report`. The audit "
        "log cannot change; a bundle of evidence is yours to remove, and then `hotdash privacy replay`.",
    )
