from datetime import UTC, datetime

from hotdash.base.roles import Role
from hotdash.governance.access.further_shops import Giving
from hotdash.governance.access.owner import ensure_owner
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

BY = Giving("uid 7", datetime(2026, 11, 20, 12, tzinfo=UTC))


def test_done_twice_it_is_done_once(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    first, second = two_shops
    shops = [first.shop_id]
    ensure_owner(database, email="Boss@Shop.example", name="Boss", shop_ids=shops, giving=BY)
    both = [first.shop_id, second.shop_id]
    given = ensure_owner(
        database, email="boss@shop.example ", name="Boss", shop_ids=both, giving=BY
    )
    with database.jobs() as session:
        emails = [user.email for user in identity.list_users(session)]
        assert emails.count("boss@shop.example") == 1
        for shop_id in both:
            assert identity.members(session, shop_id)[given.person.user_id] is Role.OWNER
