"""Saved views: a name for what a page shows, for oneself or for the whole shop."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, ForbiddenError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.storage.appdb.repositories.saved_views import (
    SavedViewRecord,
    add_saved_view,
    list_saved_views,
)

LONGEST_NAME = 80
LONGEST_STATE = 2_000


class ViewError(HotdashError):
    code = "invalid_view"


@dataclass(frozen=True, slots=True)
class NewView:
    """The state is the address of the page without its shop, in the page's canonical form."""

    name: str
    page: str
    state: str
    is_shared: bool = False


def save_view(
    session: Session, shop_id: str, wanted: NewView, actor: str, now: datetime
) -> SavedViewRecord:
    name = " ".join(wanted.name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ViewError(
            "The view has no name." if not name else f"{len(name)} characters are no name.",
            hint=f"Give it a name of 1 to {LONGEST_NAME} characters.",
            field="name",
        )
    if len(wanted.state) > LONGEST_STATE:
        raise ViewError(
            f"The view is {len(wanted.state)} characters long.",
            hint="Use fewer filters.",
            field="state",
        )
    taken = [each.name.casefold() for each in list_saved_views(session, shop_id, actor)]
    if name.casefold() in taken:
        raise ConflictError(
            f"There is a view {name!r} already.",
            hint="Choose another name, or remove that one first.",
            field="name",
        )
    record = SavedViewRecord(
        shop_id, new_id(), now, actor, name, wanted.page, wanted.state, wanted.is_shared
    )
    add_saved_view(session, record)
    return record


def remove_view(
    session: Session, shop_id: str, view_id: UUID, actor: str, now: datetime
) -> SavedViewRecord:
    for each in list_saved_views(session, shop_id, actor):
        if each.view_id == view_id:
            if each.actor != actor:
                raise ForbiddenError(
                    f"The view {each.name!r} is somebody else's.",
                    hint="Only whoever saved a view removes it.",
                    field="view",
                )
            gone = replace(each, at=now)
            add_saved_view(session, gone, is_removed=True)
            return gone
    raise NotFoundError(
        f"There is no view {view_id} for you in this shop.",
        hint="Load the page again: it may be removed already.",
        field="view",
    )
