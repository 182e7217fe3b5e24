"""What somebody at any door may ask of a shop: by their role in it and by the scopes of their token."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from math import ceil

from hotdash.base.errors import ForbiddenError, HotdashError, NotFoundError
from hotdash.base.roles import Permission, may
from hotdash.decisions.log import hidden_scopes
from hotdash.insights.knowledge.search import Reader
from hotdash.storage.appdb.repositories.visits import Quota, Visit, VisitedShop


class DeadTokenError(HotdashError):
    code = "invalid_token"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "This token is unknown, over or revoked.",
            hint="Make a new one with `hotdash tokens create` or under POST /api/v1/tokens.",
        )
        self.headers = {"www-authenticate": 'Bearer error="invalid_token"'}


class TooManyRequestsError(HotdashError):
    code = "too_many_requests"
    http_status = 429

    def __init__(self, quota: Quota, now: datetime) -> None:
        seconds = max(1, ceil((quota.ends_at - now).total_seconds()))
        super().__init__(
            f"This token has used up its {quota.allowed} requests of this minute.",
            hint=f"Wait {seconds} s; the answers say in RateLimit-Remaining how many are left.",
        )
        self.headers = {"retry-after": str(seconds)}


def require_within_quota(visit: Visit, now: datetime) -> None:
    if visit.quota is not None and visit.quota.is_over:
        raise TooManyRequestsError(visit.quota, now)


def shop_of(visit: Visit, shop_id: str, permission: Permission) -> VisitedShop:
    """A shop that does not exist and one that is somebody else's give the same answer."""
    shop = visit.shops.get(shop_id)
    if shop is None:
        raise NotFoundError(
            f"There is no shop {shop_id!r} among yours.",
            hint="Choose one of the shops in the list on Today.",
            field="shop",
        )
    if not may(shop.role, permission):
        raise ForbiddenError(
            f"Your role {shop.role.value} may not do this ({permission.value}).",
            hint=f"Ask an owner of {shop.name} for another role.",
        )
    if visit.scopes is not None and permission not in visit.scopes:
        raise ForbiddenError(
            f"This token is not good for this ({permission.value}).",
            hint="Make one with that scope, or sign in.",
            field="Authorization",
        )
    visit.admissions.append((shop_id, permission))
    return shop


def sees(visit: Visit, shop: VisitedShop, permission: Permission) -> bool:
    """For what an answer leaves out, where it is not refused as a whole."""
    return may(shop.role, permission) and (visit.scopes is None or permission in visit.scopes)


def hidden_from(visit: Visit, shop: VisitedShop) -> frozenset[str]:
    """The scopes of decisions that are not told to them."""
    return hidden_scopes(partial(sees, visit, shop))


def reader_of(visit: Visit, shops: Collection[str] | None = None) -> Reader:
    """What they may find in the knowledge index, shop by shop; of these shops where some are named."""
    return Reader(
        {
            shop_id: frozenset(each for each in Permission if sees(visit, shop, each))
            for shop_id, shop in visit.shops.items()
            if shops is None or shop_id in shops
        }
    )
