"""The archive of packets by page and by API: the bytes that were sent, to whoever sees the shop and to nobody else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.base.clock import FixedClock
from hotdash.jobs.weekly_packet import keep_week, weekly_packets
from hotdash.reports.packet.files import MEDIA_TYPES
from hotdash.reports.packet.render.html import style_source
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import Form, packet_file
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.alerts import file_desk
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import (
    KYOTO,
    OWNER,
    ROD,
    STRANGER,
    VIEWER,
    Storefront,
    copied,
)
from tests.fixtures.web import BASE_URL, Web, web_in_front_of

WEEKS = ("2026-W44", "2026-W45", "2026-W46")
SENT = Week.parse("2026-W46").is_sent_at("America/Los_Angeles")
PAGE, API = f"/packets/2026-W46?shop={ROD}", f"/api/v1/packets/2026-W46?shop={ROD}"


@pytest.fixture(scope="module")
def archive(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    """Three weeks of one shop, the last of them sent; the last one of the other."""
    folder = tmp_path_factory.mktemp("archive")
    with copied(template_urls, storefront_template, folder) as storefront:
        database, clock = storefront.database, FixedClock(SENT)
        with database.jobs() as session:
            rod = next(each for each in list_shops(session) if each.shop_id == ROD)
        for week in WEEKS[:-1]:
            keep_week(database, clock, rod, Week.parse(week), BASE_URL)
        weekly_packets(file_desk(database, clock, folder / "told.ndjson"))
        yield storefront


@pytest.fixture
def shop(archive: Storefront, web_home: Path) -> Web:
    web = web_in_front_of(archive, web_home)
    web.sign_in(OWNER)
    return web


def kept(archive: Storefront, form: Form, shop_id: str = ROD) -> bytes:
    with archive.database.jobs() as session:
        return packet_file(session, shop_id, "2026-W46", form)


class TestPages:
    def test_the_archive_has_the_newest_first(self, shop: Web) -> None:
        html = shop.client.get(f"/packets?shop={ROD}").text
        places = [html.index(f">{week}</a>") for week in reversed(WEEKS)]
        assert places == sorted(places)
        assert "sent 16 Nov 2026" in html
        assert "made 16 Nov 2026" in html, "what was kept by hand was sent to nobody"
        assert 'aria-current="page">Packets</a>' in html
        older = shop.client.get(f"/packets?shop={ROD}&before=2026-W45").text
        assert ">2026-W44</a>" in older
        assert ">2026-W45</a>" not in older

    def test_a_packet_stands_in_our_frame_as_it_was_sent(
        self, shop: Web, archive: Storefront
    ) -> None:
        answer = shop.client.get(PAGE)
        document = kept(archive, Form.HTML).decode()
        article = document[document.index("<article") : document.index("</article>")]
        assert article in answer.text
        assert answer.text.count("<h1") == 1
        assert "<style" not in answer.text
        assert " style=" not in answer.text
        assert "style-src 'self'" in answer.headers["content-security-policy"]
        assert f"/packets/2026-W45?shop={ROD}" in answer.text

    def test_its_style_is_the_one_it_is_written_with(self, shop: Web) -> None:
        html = shop.client.get(PAGE).text
        [url] = [part.partition('"')[0] for part in html.split('href="') if "/packet." in part][:1]
        assert shop.client.get(url).text.startswith(".packet {")

    def test_an_empty_archive_says_when_it_fills(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        html = shown_web.client.get(f"/packets?shop={ROD}").text
        assert "No week is kept yet." in html
        assert "on a Monday at 07:00" in html

    @pytest.mark.parametrize(
        ("week", "status", "told"),
        [
            ("2026-W43", 404, "No packet of hot-rod-an is kept of week 2026-W43."),
            ("2026-W60", 400, "is no week"),
            ("last", 400, "is no week"),
        ],
    )
    def test_a_week_that_is_not_there(self, shop: Web, week: str, status: int, told: str) -> None:
        answer = shop.client.get(f"/packets/{week}?shop={ROD}")
        assert answer.status_code == status
        assert told in answer.text


@pytest.mark.parametrize("door", ["/packets", "/api/v1/packets"])
@pytest.mark.parametrize("form", Form)
def test_a_file_is_the_bytes_that_were_sent(
    shop: Web, archive: Storefront, door: str, form: Form
) -> None:
    answer = shop.client.get(f"{door}/2026-W46/{form.value}?shop={ROD}")
    assert answer.content == kept(archive, form)
    assert answer.headers["content-type"] == MEDIA_TYPES[form]
    name = f"packet-hot-rod-an-2026-W46.{form.value}"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_document_alone_may_use_its_own_style_and_nothing_else(
    shop: Web, archive: Storefront
) -> None:
    policy = shop.client.get(f"/packets/2026-W46/html?shop={ROD}").headers[
        "content-security-policy"
    ]
    assert policy == (
        f"default-src 'none'; style-src {style_source(kept(archive, Form.HTML))}; sandbox"
    )


class TestApi:
    def test_the_list_page_by_page(self, shop: Web) -> None:
        first = shop.client.get(f"/api/v1/packets?shop={ROD}&limit=2").json()
        assert [each["week"] for each in first["packets"]] == ["2026-W46", "2026-W45"]
        assert [each["sent_at"] for each in first["packets"]] == [
            "2026-11-16T15:00:00.000000Z",
            None,
        ]
        rest = shop.client.get(f"/api/v1/packets?shop={ROD}&before={first['next_before']}").json()
        assert [each["week"] for each in rest["packets"]] == ["2026-W44"]
        assert rest["next_before"] is None

    def test_a_week_is_the_document_that_was_sent(self, shop: Web, archive: Storefront) -> None:
        answer = shop.client.get(API)
        assert kept(archive, Form.JSON).strip() in answer.content
        told = answer.json()
        assert told["packet"]["week"] == told["week"] == "2026-W46"
        assert told["packet"]["publication"] == told["publication"]
        assert told["packet"]["headline"][0]["text"] == told["headline"]
        assert told["url"].endswith(f"/packets/2026-W46?shop={ROD}")

    def test_a_week_that_no_year_has(self, shop: Web) -> None:
        answer = shop.client.get(f"/api/v1/packets/2026-W60?shop={ROD}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_week")


@pytest.mark.parametrize("door", ["/packets", "/api/v1/packets"])
@pytest.mark.parametrize("below", ["", "/2026-W46", *(f"/2026-W46/{form.value}" for form in Form)])
class TestWhoSees:
    def test_a_viewer_of_the_shop(self, shop: Web, door: str, below: str) -> None:
        shop.sign_in(VIEWER)
        assert shop.client.get(f"{door}{below}?shop={ROD}").status_code == 200

    def test_nobody_of_another_shop(self, shop: Web, door: str, below: str) -> None:
        shop.sign_in(STRANGER)
        answer = shop.client.get(f"{door}{below}?shop={ROD}")
        assert answer.status_code == 404
        assert "Hot Rod An" not in answer.text
        theirs = shop.client.get(f"{door}{below}?shop={KYOTO}")
        assert theirs.status_code == 200
        assert b"Hot Rod An" not in theirs.content

    def test_not_by_a_token_of_another_scope(self, shop: Web, door: str, below: str) -> None:
        if door.startswith("/api"):
            shop.as_program(shop.storefront.token_of(OWNER, scopes=("annotate",)))
            assert shop.client.get(f"{door}{below}?shop={ROD}").status_code == 403
            shop.as_program(None)
