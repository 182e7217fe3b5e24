"""Exports and erasures of people: by command, as vendors ask for them, and again after a restore."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.connectors.shopify.webhooks import CUSTOMER_ERASED, CUSTOMER_EXPORTED, SHOP_ERASED
from hotdash.governance.backup.drill import no_drill
from hotdash.governance.privacy.erase import Asking, Office, Proof
from hotdash.governance.privacy.erasure_log import StillFoundError, erased_hashes
from hotdash.governance.privacy.export import export_person
from hotdash.governance.privacy.person import Asked, asked_by_word, find_person
from hotdash.governance.privacy.stores import Stores
from hotdash.pipeline.lease import PATIENCE_SECONDS, Patience, hold_lease
from hotdash.reports.packet.erased import packet_without
from hotdash.storage.appdb.models import ComplianceRequest
from hotdash.storage.appdb.repositories import inbox, shops
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse

_log = get_logger(__name__)
VENDOR_ASKED = "asked by the vendor"


def _no_backup() -> datetime | None:
    return None


@dataclass(frozen=True)
class PrivacyDesk:
    """Under the warehouse's lease: no run reads or writes a person meanwhile."""

    database: Database
    warehouse: Warehouse
    home: Path
    clock: Clock
    beside: frozenset[Path] = frozenset()
    patience: Patience | None = None
    # For how long a backup may bring back who was erased: no shorter than this, and while one is that old.
    kept_for: timedelta = timedelta(days=32)
    oldest_backup: Callable[[], datetime | None] = _no_backup

    def export(self, shop_id: str, word: str, asking: Asking) -> Path:
        with self._office() as office:
            asked = asked_by_word(self.warehouse, shop_id, word, erased_hashes(self.home))
            return export_person(office.stores, asked, asking, self.clock)

    def erase(self, shop_id: str, word: str, asking: Asking) -> Proof:
        with self._office() as office:
            asked = asked_by_word(self.warehouse, shop_id, word, erased_hashes(self.home))
            return office.erase(asked, asking)

    def also_known_in(self, shop_id: str, word: str) -> list[str]:
        """Other shops that know one of the person's addresses; asked before erasing, for then it is gone."""
        erased = erased_hashes(self.home)
        with self._office():
            asked = asked_by_word(self.warehouse, shop_id, word, erased)
            known = find_person(self.warehouse, asked).hashes.__contains__
            with self.database.jobs() as session:
                others = {shop.shop_id for shop in shops.list_shops(session)} - {shop_id}
            return [
                each
                for each in sorted(others)
                if find_person(
                    self.warehouse, Asked(each, is_hash_asked=known, erased_hashes=erased)
                ).is_here
            ]

    def erase_shop(self, shop_id: str, asking: Asking) -> list[Proof]:
        """Others have the warehouse in between. Killed, whoever was erased is, and the rest follows.

        One of whom something is left keeps the others waiting for nothing, and the shop's erasure open.
        """
        with self._office() as office:
            everybody = office.people_of(shop_id)
        proofs: list[Proof] = []
        unfinished: list[StillFoundError] = []
        for some in everybody:
            with self._office() as office:
                try:
                    proofs += office.erase_left(some, asking)
                except StillFoundError as error:
                    unfinished.append(error)
        with self._office() as office:
            proofs += office.empty_shop(shop_id, asking)
            office.require_none_open(shop_id, unfinished)
        return proofs

    def replay(self) -> list[Proof]:
        with self._office() as office:
            try:
                proofs = office.replay()
            except StillFoundError:
                self._forget_outlived(office)
                raise
            self._forget_outlived(office)
        return proofs

    def _forget_outlived(self, office: Office) -> None:
        """After everybody was looked for: the first look after a restore may be a late one."""
        try:
            oldest = self.oldest_backup()
        except Exception as error:
            # Whatever a storage library raises: nobody knows then what may still come back.
            _log.warning("backups_not_seen", error=type(error).__name__)
            return
        until = self.clock.now() - self.kept_for
        office.forget_finished_before(min(until, oldest) if oldest else until)

    def answer_vendors(self) -> int:
        """What one request fails with keeps no other one waiting; it is tried again the next time."""
        answered = 0
        for request in self.open_requests():
            try:
                is_answered = self._answer(request)
            except HotdashError as error:
                _log.error(
                    "compliance_request_failed",
                    shop_id=request.shop_id,
                    delivery_id=request.delivery_id,
                    code=error.code,
                )
                continue
            if is_answered:
                answered += 1
                with self.database.jobs() as session:
                    inbox.close_request(
                        session,
                        request.shop_id,
                        request.vendor,
                        request.delivery_id,
                        self.clock.now(),
                    )
        return answered

    def open_requests(self) -> Sequence[ComplianceRequest]:
        with self.database.jobs() as session:
            found = [
                request
                for shop in shops.list_shops(session)
                for request in inbox.open_requests(session, shop.shop_id)
            ]
            session.expunge_all()
        return found

    def _answer(self, request: ComplianceRequest) -> bool:
        """Of a person nobody here knows there is nothing to tell and nothing to erase."""
        answers: dict[str, Callable[[Office, Asked], object]] = {
            CUSTOMER_ERASED: lambda office, asked: office.erase(asked, asking),
            CUSTOMER_EXPORTED: lambda office, asked: export_person(
                office.stores, asked, asking, self.clock
            ),
        }
        asking = Asking(f"vendor:{request.vendor}", f"{VENDOR_ASKED}: {request.topic}")
        if request.topic == SHOP_ERASED:
            self.erase_shop(request.shop_id, asking)
            return True
        answer = answers.get(request.topic)
        if answer is None or request.customer_id is None:
            return False
        asked = Asked(
            request.shop_id,
            frozenset({int(request.customer_id)}),
            order_ids=frozenset(map(int, request.order_ids)),
            erased_hashes=erased_hashes(self.home),
        )
        with self._office() as office:
            try:
                answer(office, asked)
            except HotdashError as error:
                if error.code != "not_found":
                    raise
        return True

    @contextmanager
    def _office(self) -> Generator[Office]:
        within = self.patience.lasts if self.patience else timedelta(seconds=PATIENCE_SECONDS)
        # Before the lease: whoever waits for a drill keeps no run waiting.
        with (
            no_drill(self.home, within),
            hold_lease(self.database, self.warehouse.identity, self.clock, patience=self.patience),
        ):
            stores = Stores(self.database, self.warehouse, self.home, self.beside)
            try:
                yield Office(stores, self.clock, packet_without)
            finally:
                self.warehouse.close()
