"""The page of anomalies and the API beside it: what a new operator reads, and what an answer does."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from hotdash.jobs.look_for_anomalies import look_for_anomalies
from tests.fixtures.fallen_day import FALLEN, fallen, publish, told_before
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import OWNER, ROD, STRANGER, VIEWER, Storefront, copied
from tests.fixtures.web import Web, web_in_front_of

ASK = f"?shop={ROD}"


@pytest.fixture(scope="module")
def struck(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    folder = tmp_path_factory.mktemp("struck")
    with copied(template_urls, storefront_template, folder) as storefront:
        publish(storefront, fallen() | told_before())
        look_for_anomalies(storefront.database, storefront.clock, shops=[ROD])
        yield storefront


@pytest.fixture
def web(struck: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(struck, web_home)
    web.sign_in(OWNER)
    return web


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def of(web: Web, series: str) -> dict[str, str]:
    listed = web.client.get(f"/api/v1/anomalies{ASK}&level=alert").json()["anomalies"]
    return next(
        each for each in listed if (each["series"], each["day"]) == (series, FALLEN.isoformat())
    )


def test_the_list_says_what_how_much_and_what_drives_it(web: Web) -> None:
    told = plain(web.client.get(f"/anomalies{ASK}").text)

    assert "Revenue: $" in told
    assert "less than expected" in told
    assert "It comes from country US" in told
    assert "series up to 19 Nov 2026" in told


def test_today_tells_it_once(web: Web) -> None:
    """As what is to be decided, and as out of the ordinary where that was put off."""
    told = plain(web.client.get(f"/today{ASK}").text)
    assert "Find out why Revenue" in told
    assert "Out of the ordinary" not in told

    queue = web.client.get(f"/api/v1/decisions/queue{ASK}").json()["recommendations"]
    until = (web.storefront.clock.now() + timedelta(days=2)).isoformat()
    for each in queue:
        if each["kind"] == "look_into":
            later = f"/api/v1/decisions/{each['recommendation']}/snooze{ASK}"
            answer = web.send(later, {"until": until, "rationale": "On Monday."})
            assert answer.status_code == 200, answer.text
    told = plain(web.client.get(f"/today{ASK}").text)
    assert "Out of the ordinary" in told
    assert "Revenue: $" in told


def test_one_tells_its_context(web: Web) -> None:
    record = of(web, "revenue")

    told = plain(web.client.get(f"/anomalies/{record['id']}{ASK}").text)

    assert record["headline"] in told
    for section in ("What drives it", "What came before", "At the same time", "As usual"):
        assert section in told
    assert "It is the first of its kind." in told
    assert "Number of orders" in told


def test_a_new_operator_reads_it_in_sentences(web: Web) -> None:
    """What came and was expected, its money, its driver, what else moved, what came before, how others ended."""
    record = of(web, "revenue")
    shown = web.client.get(f"/api/v1/anomalies/{record['id']}{ASK}").json()

    came, money, driver, moved, before, earlier = shown["sentences"]
    assert came == record["headline"]
    assert (money.startswith("In money that is $"), money[-20:]) == (True, " less than expected.")
    assert driver == record["driver"]
    assert moved == (
        "On the same day Sessions rose and Conversion, Orders and Units fell; AOV stayed as usual."
    )
    assert before == (
        "What came before: 190 visits through forum.example, after 12 a day (the same day). "
        "1 more thing happened in that week."
    )
    assert earlier == "It is the first of its kind."
    assert shown["is_new"]
    told = plain(web.client.get(f"/anomalies/{record['id']}{ASK}").text)
    assert all(each in unescape(told) for each in shown["sentences"])


def test_a_choice_of_state_leaves_the_others_out(web: Web) -> None:
    told = plain(web.client.get(f"/anomalies{ASK}&state=false_alarm&level=").text)

    assert "Nothing was out of the ordinary." in told


def test_an_answer_from_the_page_stands_on_it(web: Web) -> None:
    record = of(web, "units")
    fields = {"shop": ROD, "anomaly": record["id"], "state": "explained"}

    refused = web.form("/anomalies/answer", fields)
    assert refused.status_code == 400
    assert "without a reason" in plain(refused.text)

    said = web.form("/anomalies/answer", fields | {"reason": "The US checkout was closed."})
    assert said.status_code == 303
    told = plain(web.client.get(said.headers["location"]).text)
    assert "Explained" in told
    assert "The US checkout was closed." in told
    assert "Ada Rodriguez" in told


def test_an_answer_through_the_api(web: Web) -> None:
    record = of(web, "orders")

    said = web.send(
        f"/api/v1/anomalies/{record['id']}/answer{ASK}", {"state": "assigned", "assignee": "Ben"}
    )

    assert said.status_code == 200
    assert (said.json()["state"], said.json()["assignee"]) == ("assigned", "Ben")
    assert said.json()["context"]["driver"]["named"] == "US"


def test_a_viewer_reads_and_does_not_answer(struck: Storefront, web_home: Path) -> None:
    web = web_in_front_of(struck, web_home)
    web.sign_in(VIEWER)
    record = of(web, "revenue")

    assert "Say so" not in web.client.get(f"/anomalies/{record['id']}{ASK}").text
    fields = {"shop": ROD, "anomaly": record["id"], "state": "acknowledged"}
    assert web.form("/anomalies/answer", fields).status_code == 403


def test_another_shop_s_people_see_none(struck: Storefront, web_home: Path) -> None:
    web = web_in_front_of(struck, web_home)
    web.sign_in(STRANGER)

    assert web.client.get(f"/anomalies{ASK}").status_code == 404
    assert web.client.get(f"/api/v1/anomalies{ASK}").status_code == 404
