from hotdash.base.roles import Role
from hotdash.governance.access.owner import ensure_owner
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop


def test_done_twice_it_is_done_once(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    first, second = two_shops
    ensure_owner(database, email="Boss@Shop.example", name="Boss", shop_ids=[first.shop_id])
    both = [first.shop_id, second.shop_id]
    owner = ensure_owner(database, email="boss@shop.example ", name="Boss", shop_ids=both)
    with database.jobs() as session:
        emails = [user.email for user in identity.list_users(session)]
        assert emails.count("boss@shop.example") == 1
        for shop_id in both:
            assert identity.members(session, shop_id)[owner.user_id] is Role.OWNER
