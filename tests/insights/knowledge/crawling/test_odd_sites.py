"""What a site answers by mistake or in malice costs its own page at most, and the crawl says how it ended."""

from collections.abc import Iterator

import pytest

from hotdash.insights.knowledge.crawling.crawl import Limits, Stopped
from hotdash.insights.knowledge.crawling.page import read_page
from tests.fixtures.own_site import OwnSite, Told, own_site, page, robots
from tests.fixtures.site_reading import QUICK, Reading


@pytest.fixture
def site() -> Iterator[OwnSite]:
    with own_site({}) as site:
        site.pages |= {
            "/": page("The front.", "/odd", "/deep"),
            "/odd": page("Odd."),
            "/deep": page("Further down."),
        }
        yield site


@pytest.mark.parametrize("name", ["undefined", "idna", "punycode", "unicode_escape", "utf-7"])
def test_letters_that_nobody_writes_a_page_in_are_read_as_utf_8(site: OwnSite, name: str) -> None:
    site.pages["/odd"] = Told("<p>Größe \\ud800 +2AA-</p>", kind=f"text/html; charset={name}")
    reading = Reading()

    assert reading.crawl(site.root).stopped == Stopped.DONE
    assert reading.texts()["odd"] == "Größe \\ud800 +2AA-"


def test_a_page_may_name_them_itself() -> None:
    assert "Größe" in read_page("<meta charset=undefined><p>Größe</p>".encode(), None).text


def test_a_front_page_that_is_too_large_is_left_out_and_what_links_do_not_need_is_read(
    site: OwnSite,
) -> None:
    site.pages["/robots.txt"] = robots(f"Sitemap: {site.root}/map.xml")
    site.pages["/map.xml"] = Told(
        f"<urlset><url><loc>{site.root}/deep</loc></url></urlset>", kind="application/xml"
    )
    site.pages["/"] = page("y" * 100_000)
    reading = Reading()

    record = reading.crawl(site.root, Limits(page_bytes=10_000, pause=0.0))

    assert (record.stopped, record.failed) == (Stopped.DONE, 1)
    assert reading.texts().keys() == {"deep"}


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/robots.txt", Told("x" * 500_001)),
        ("/robots.txt", Told("", 302, headers={"Location": "http://[::1"})),
        ("/robots.txt", Told("", 302, headers={"Location": "http://127.0.0.1:99999/"})),
        ("/", Told("", 301, headers={"Location": "http://[::1"})),
        ("/", Told("", 301, headers={"Location": "ftp://shop.example/"})),
    ],
)
def test_a_site_that_leads_nowhere_is_unreachable(site: OwnSite, path: str, told: Told) -> None:
    site.pages[path] = told

    assert Reading().crawl(site.root).stopped == Stopped.UNREACHABLE


def test_a_front_page_may_name_the_other_host_without_a_scheme(site: OwnSite) -> None:
    moved = Told("", 301, headers={"Location": site.root.removeprefix("http:") + "/"})
    with own_site({"/": moved}) as old:
        reading = Reading()
        record = reading.crawl(old.root)

    assert (record.stopped, record.site) == (Stopped.DONE, f"{site.root}/")
    assert reading.texts().keys() >= {"", "odd", "deep"}


def test_an_address_that_is_too_long_for_the_database_is_none_of_ours(site: OwnSite) -> None:
    site.pages["/"] = page("The front.", "/" + "a" * 3_000, "/" + "ü" * 1_500, "/deep")
    reading = Reading()

    record = reading.crawl(site.root)

    assert (record.stopped, record.asked) == (Stopped.DONE, 2)
    assert reading.texts().keys() == {"", "deep"}


def test_a_version_that_cannot_be_sent_back_is_not(site: OwnSite) -> None:
    site.pages["/odd"] = Told("<p>Odd.</p>", headers={"ETag": '"ä"'})
    reading = Reading()
    reading.crawl(site.root)

    assert reading.crawl(site.root, QUICK).stopped == Stopped.DONE
    assert "if-none-match" not in site.headers["/odd"]
