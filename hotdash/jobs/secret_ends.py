"""Which keys end and when: as the vendor told it, as the key itself says, or as somebody entered it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.connectors.registry import registry
from hotdash.governance.secrets.expiry import Ending, end_of_token
from hotdash.storage.appdb.repositories import audit, credentials
from hotdash.storage.appdb.repositories.credentials import EXPIRES_AT, CredentialOverview
from hotdash.storage.appdb.repositories.mirrors import KEY, find_mirror
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

# Whoever holds one gets a new access token by it, as long as the vendor lets them.
RENEWS = "refresh_token"


def endings(database: Database, vault: Vault) -> list[Ending]:
    """The soonest first; what renews itself and what no key opens has none here.

    A key file that holds no keys is refused: nobody would know of any end.
    """
    vault.key_names()
    with database.jobs() as session:
        found = credentials.overview(session, vault)
        mirror = find_mirror(session, vault)
    known = [*_of_credentials(found)]
    end = end_of_token((mirror.fields or {}).get(KEY, "")) if mirror else None
    if end is not None:
        mend = "Make another in the project's API settings: `hotdash mirror connect`."
        known.append(Ending("the mirror", end, mend))
    return sorted(known, key=lambda each: each.at)


def state_end(
    database: Database,
    vault: Vault,
    clock: Clock,
    shop_id: str,
    vendor: str,
    at: datetime,
    actor: str,
) -> None:
    """For a vendor that does not tell: the next key that is entered forgets it."""
    with database.jobs() as session:
        fields = credentials.lock_credential(session, vault, shop_id, vendor)
        if fields is None:
            raise NotFoundError(
                f"{vendor} of {shop_id} is not connected.",
                hint="`hotdash credentials list` shows what is kept.",
                field="vendor",
            )
        if RENEWS in fields:
            raise ConflictError(
                f"{vendor} of {shop_id} renews its key itself.",
                hint="There is nothing to remember for it.",
                field="vendor",
            )
        ending = {**fields, EXPIRES_AT: iso_utc(at)}
        credentials.change_credential(session, vault, shop_id, vendor, ending)
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action="state_end_of_credentials",
            subject=vendor,
            at=clock.now(),
            detail={"ends": iso_utc(at)},
        )


def _of_credentials(found: Sequence[CredentialOverview]) -> Iterator[Ending]:
    for each in found:
        at = _instant(each.expires_at)
        if at is None or RENEWS in (each.fields or ()):
            continue
        spec = registry().get(each.vendor)
        yield Ending(
            f"{spec.title if spec else each.vendor} of {each.shop_id}",
            at,
            f"Make another at the vendor, then `hotdash connect {each.vendor} --shop {each.shop_id}`.",
            each.shop_id,
        )


def _instant(told: str | None) -> datetime | None:
    try:
        return parse_iso(told) if told else None
    except ValueError:
        return None
