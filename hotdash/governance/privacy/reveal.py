"""A customer by pseudonym: masked for whoever sees metrics, in full for whoever may and says why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.personal_data import PersonalData
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import WarehouseBusyError

REVEALED = "person revealed"
FindIdentity = Callable[[str, str], PersonalData | None]


class ReasonMissingError(HotdashError):
    code = "reason_missing"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Reveal:
    """Whoever asks has shown before that they may; one field is asked for, or all there are."""

    shop_id: str
    customer: str
    user_id: UUID
    actor: str
    reason: str
    door: str
    request_id: str | None = None
    field: str | None = None


def masked_person(find: FindIdentity, shop_id: str, customer: str) -> PersonalData:
    return _found(find, shop_id, customer).masked()


def reveal_person(
    database: Database, find: FindIdentity, asked: Reveal, now: datetime
) -> PersonalData:
    """It is written down before it is shown: a record that cannot be kept shows nothing."""
    if not asked.reason.strip():
        raise ReasonMissingError(
            "Nobody is revealed without a reason.", hint="Say why you need it.", field="reason"
        )
    person = _found(find, asked.shop_id, asked.customer)
    shown = person.fields if asked.field is None else [asked.field]
    if not set(shown) <= set(person.fields):
        raise NotFoundError(
            f"The shop does not know the {str(asked.field)[:40].replace('_', ' ')} of this person.",
            hint="Only what is known can be shown.",
            field="field",
        )
    with database.as_user(asked.user_id) as session:
        audit.add_event(
            session,
            shop_id=asked.shop_id,
            actor=asked.actor,
            action=REVEALED,
            subject=asked.customer,
            at=now,
            detail={"fields": shown, "reason": asked.reason.strip(), "door": asked.door},
            request_id=asked.request_id,
        )
    return person.showing(shown)


def _found(find: FindIdentity, shop_id: str, customer: str) -> PersonalData:
    try:
        person = find(shop_id, customer)
    except WarehouseBusyError as error:
        # Its own words name a file of the machine, to whoever opened a page.
        raise ConflictError(
            "Numbers are being computed, and nobody can be looked up meanwhile.",
            hint="Ask again in a few minutes.",
        ) from error
    if person is None:
        raise NotFoundError(
            "The shop has no record of this customer.",
            hint="Guests leave none; customer keys stand in the metrics of customers and orders.",
            field="customer",
        )
    return person
