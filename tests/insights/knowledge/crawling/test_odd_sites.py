"""What a site answers by mistake or in malice costs its own page at most, and the crawl says how it ended."""

import time
from collections.abc import Iterator

import pytest

from hotdash.insights.knowledge.crawling.crawl import Limits, Stopped
from hotdash.insights.knowledge.crawling.page import MOST_TEXT, read_page
from hotdash.insights.knowledge.crawling.robots import read_robots
from hotdash.insights.knowledge.passages import LONGEST_HEADING, passages_of
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


@pytest.mark.parametrize(
    "instead",
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-More: y\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    ],
    ids=["headers", "early hints"],
)
def test_a_server_that_never_comes_to_its_answer_is_left_when_the_time_is_over(
    site: OwnSite, instead: tuple[bytes, bytes]
) -> None:
    site.pages["/"] = Told(drips=0.002, instead=instead)
    ticks = iter(range(1_000))

    record = Reading().crawl(site.root, Limits(seconds=40, pause=0.0), tick=lambda: next(ticks))

    assert (record.stopped, record.bytes) == (Stopped.TIME, len("Not here."))


def test_a_list_of_what_is_forbidden_has_no_end_to_wait_for_either(site: OwnSite) -> None:
    site.pages["/robots.txt"] = robots("User-agent: *", "Disallow: /no")
    site.pages["/"] = page("The front.", *(f"/no/{number}" for number in range(200)))
    ticks = iter(range(1_000))

    record = Reading().crawl(site.root, Limits(seconds=60, pause=0.0), tick=lambda: next(ticks))

    assert record.stopped == Stopped.TIME
    assert 0 < record.forbidden < 60


MALICE = {
    "tags that never end": "<a " * 100_000,
    "tags in tags": "<a x='" * 100_000,
    "remarks that never end": "<!--" * 100_000,
    "brackets": "[" * 300_000,
    "links that never end": "[a](" * 75_000,
    "a heading of signs": "<h1>" + "# " * 150_000 + "x",
    "what is skipped within itself": "<nav>" * 50_000 + "</p>" * 50_000,
    "ends of a script that are none": "<script>" + "</scrip" * 50_000,
    "blanks": "<a " + " " * 300_000 + "=" + "/" * 300_000,
    "a number without end": "&#" + "9" * 300_000 + ";",
    "a section that is none": "<![x[ab",
}


@pytest.mark.parametrize("told", MALICE.values(), ids=MALICE.keys())
def test_no_page_keeps_a_worker_busy(told: str) -> None:
    """Each of these took minutes, or would have, when it was tried again from every place in it."""
    began = time.process_time()

    found = read_page(told.encode(), "utf-8")
    passages = passages_of(found.title, found.text) + passages_of("As it stands", told)

    assert time.process_time() - began < 3
    assert passages


def test_text_and_headings_have_a_most() -> None:
    found = read_page(f"<h1>{'h' * 2_000}</h1><p>{'word ' * 200_000}</p>".encode(), "utf-8")

    assert len(found.text) <= MOST_TEXT
    assert len(found.text) > MOST_TEXT // 2
    longest = max(len(heading) for heading, _ in passages_of("T", found.text))
    assert longest == len("T › ") + LONGEST_HEADING


def test_rules_for_thousands_of_others_are_passed_over() -> None:
    others = "\n".join(f"User-agent: other{number}" for number in range(20_000))
    rules = "\n".join(f"Disallow: /{number}" for number in range(5_000))
    began = time.process_time()

    found = read_robots(f"{others}\nUser-agent: hotdash\n{rules}")

    assert time.process_time() - began < 2
    assert len(found.rules) == 5_000
