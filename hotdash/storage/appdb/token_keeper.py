"""Credentials that change by being used: renewed under a row lock, once over all processes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hotdash.base.errors import NotFoundError
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

Fields = Mapping[str, str]


@dataclass(frozen=True)
class CredentialKeeper:
    """Who comes second waits at the lock and finds what the first one stored."""

    database: Database
    vault: Vault
    shop_id: str
    vendor: str

    def exchange(
        self, is_fresh: Callable[[Fields], bool], renew: Callable[[Fields], Fields]
    ) -> Fields:
        with self.database.jobs() as session:
            found = self._found(
                credentials.find_credential(session, self.vault, self.shop_id, self.vendor)
            )
        if is_fresh(found):
            return found
        with self.database.jobs() as session:
            locked = self._found(
                credentials.lock_credential(session, self.vault, self.shop_id, self.vendor)
            )
            if is_fresh(locked):
                return locked
            renewed = renew(locked)
            credentials.save_credential(session, self.vault, self.shop_id, self.vendor, renewed)
        return renewed

    def _found(self, fields: Fields | None) -> Fields:
        if fields is None:
            raise NotFoundError(
                f"There are no credentials of {self.vendor} for {self.shop_id} any more.",
                hint="Connect the source again.",
            )
        return fields
