"""The shops of this installation, as far as the transaction may see them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.storage.appdb.models import Shop


@dataclass(frozen=True, slots=True)
class ShopRecord:
    shop_id: str
    name: str
    vendor_domain: str
    timezone: str
    currency: str
    plan_tier: str | None
    created_at: datetime


def save_shop(
    session: Session,
    *,
    shop_id: str,
    name: str,
    vendor_domain: str,
    timezone: str,
    currency: str,
    plan_tier: str | None = None,
) -> ShopRecord:
    """Add the shop, or bring what is known about it up to date."""
    facts = {
        "name": name,
        "vendor_domain": vendor_domain,
        "timezone": timezone,
        "currency": currency,
        "plan_tier": plan_tier,
    }
    statement = (
        insert(Shop)
        .values(shop_id=shop_id, **facts)
        .on_conflict_do_update(index_elements=[Shop.shop_id], set_=facts)
        .returning(Shop)
    )
    saved = session.scalars(statement, execution_options={"populate_existing": True})
    return _record(saved.one())


def set_timezone(session: Session, shop_id: str, timezone: str) -> None:
    """Days move with the timezone: the next build notices and computes everything anew."""
    session.execute(update(Shop).where(Shop.shop_id == shop_id).values(timezone=timezone))


def list_shops(session: Session) -> list[ShopRecord]:
    return [_record(shop) for shop in session.scalars(select(Shop).order_by(Shop.shop_id))]


def chosen_shops(session: Session, shop_id: str | None) -> list[ShopRecord]:
    """That one, or all of them where none is named."""
    known = list_shops(session)
    chosen = [each for each in known if shop_id in (None, each.shop_id)]
    if not chosen:
        names = ", ".join(each.shop_id for each in known)
        raise NotFoundError(
            f"There is no shop {shop_id!r}." if shop_id else "There is no shop yet.",
            hint=f"Use one of {names}." if names else "Connect one: `hotdash connect shopify`.",
            field="shop",
        )
    return chosen


def hold_shop(session: Session, shop_id: str) -> None:
    """Until the end of the transaction; also a shop that is not here yet."""
    key = func.hashtextextended(f"hotdash connect shop {shop_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def find_shop(session: Session, shop_id: str) -> ShopRecord | None:
    shop = session.get(Shop, shop_id)
    return None if shop is None else _record(shop)


def find_by_domain(session: Session, vendor_domain: str) -> ShopRecord | None:
    shop = session.scalars(
        select(Shop).where(Shop.vendor_domain == vendor_domain).order_by(Shop.shop_id).limit(1)
    ).one_or_none()
    return None if shop is None else _record(shop)


def get_shop(session: Session, shop_id: str) -> ShopRecord:
    """Whether a shop does not exist or is not yours to see makes no difference."""
    shop = find_shop(session, shop_id)
    if shop is None:
        raise NotFoundError(
            f"There is no shop {shop_id!r}.",
            hint="Choose one of the shops in the list.",
            field="shop",
        )
    return shop


def _record(shop: Shop) -> ShopRecord:
    return ShopRecord(
        shop_id=shop.shop_id,
        name=shop.name,
        vendor_domain=shop.vendor_domain,
        timezone=shop.timezone,
        currency=shop.currency,
        plan_tier=shop.plan_tier,
        created_at=shop.created_at,
    )
