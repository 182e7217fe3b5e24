"""What ad platforms claim to have sold: more than the shop knows of, by their own windows, and late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from hotdash.simulators.ad_accounts import AdAccount
from hotdash.simulators.campaigns import META, Campaign, campaigns_of
from hotdash.simulators.journeys import Visit
from hotdash.simulators.orders import Order

_HOUR = 3_600
_DAY = 24 * _HOUR
_LONGEST_CLICK_WINDOW = 28 * _DAY
_VIEWED_WITHOUT_A_CLICK = 0.14
_UNSEEN_BY_META, _UNSEEN_BY_GOOGLE = 0.11, 0.06
_LAST_CLICKS_SHARE = 600
_WHOLE = 1_000


@dataclass(frozen=True, slots=True)
class Claim:
    """One order as one campaign claims it: `credit` in thousandths, `value` in minor units of the account.

    Platforms put it on the day of the click or view, and tell it when it has arrived.
    """

    order_id: int
    campaign_id: int
    touched_at: int
    ordered_at: int
    arrives_at: int
    is_view: bool
    credit: int
    value: int

    @property
    def age(self) -> timedelta:
        return timedelta(seconds=self.ordered_at - self.touched_at)


def claims_of(account: AdAccount, order: Order, visits: Sequence[Visit]) -> list[Claim]:
    """Neither platform knows of the other, of refunds, or of orders that are cancelled later."""
    chance = Random(f"claims/{account.platform}/{order.shop.shop_id}/{order.order_id}")
    if account.platform == META:
        return _of_meta(account, order, visits, chance)
    return _of_google(account, order, visits, chance)


def _of_meta(
    account: AdAccount, order: Order, visits: Sequence[Visit], chance: Random
) -> list[Claim]:
    """The last click within 28 days takes it all; else a view of the day before may."""
    lag = int((1 + chance.random() ** 2 * 24) * _HOUR)
    is_unseen = chance.random() < _UNSEEN_BY_META
    clicked = [each for each in visits if order.created_at - each.at <= _LONGEST_CLICK_WINDOW]
    if clicked:
        if is_unseen:
            return []
        last = clicked[-1]
        return [_claim(account, order, _campaign_of(last), last.at, lag)]
    if chance.random() >= _VIEWED_WITHOUT_A_CLICK:
        return []
    campaigns = campaigns_of(account.shop, account.platform)
    viewed = campaigns[int(chance.random() ** 1.5 * len(campaigns))]
    seen_at = order.created_at - 60 - int(chance.random() * (_DAY - 120))
    return [_claim(account, order, viewed, seen_at, lag, is_view=True)]


def _of_google(
    account: AdAccount, order: Order, visits: Sequence[Visit], chance: Random
) -> list[Claim]:
    """Every click gets its share: six tenths the last, the others what is left, in equal parts."""
    lag = int((1 + chance.random() * 15) * _HOUR)
    if not visits or chance.random() < _UNSEEN_BY_GOOGLE:
        return []
    *earlier, last = visits
    shared = (_WHOLE - _LAST_CLICKS_SHARE) // len(earlier) if earlier else 0
    return [
        *(
            _claim(account, order, _campaign_of(each), each.at, lag, credit=shared)
            for each in earlier
        ),
        _claim(
            account, order, _campaign_of(last), last.at, lag, credit=_WHOLE - shared * len(earlier)
        ),
    ]


def _campaign_of(visit: Visit) -> Campaign:
    assert visit.campaign is not None, "only paid visits are claimed"
    return visit.campaign


def _claim(
    account: AdAccount,
    order: Order,
    campaign: Campaign,
    touched_at: int,
    lag: int,
    *,
    is_view: bool = False,
    credit: int = _WHOLE,
) -> Claim:
    worth = Decimal(order.total_price) * account.rate * credit / _WHOLE
    return Claim(
        order_id=order.order_id,
        campaign_id=campaign.campaign_id,
        touched_at=touched_at,
        ordered_at=order.created_at,
        arrives_at=order.created_at + lag,
        is_view=is_view,
        credit=credit,
        value=int(worth.to_integral_value(ROUND_HALF_UP)),
    )
