from tests.fixtures.storefront import OWNER
from tests.fixtures.web import Web


def test_today_renders(web: Web) -> None:
    web.sign_in(OWNER)
    answer = web.client.get("/today")
    print(answer.text)
    assert answer.status_code == 200
