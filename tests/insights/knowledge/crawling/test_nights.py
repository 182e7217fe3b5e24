"""A site of more pages than one night allows: it is read in turn, and what it takes back is not found any more."""

from collections.abc import Iterator
from functools import partial

import pytest

from hotdash.insights.knowledge.crawling.crawl import Limits, Stopped
from tests.fixtures.own_site import OwnSite, Told, own_site, page, robots, sitemap
from tests.fixtures.site_reading import Reading

FIVE = Limits(pages=5, pause=0.0)
NOINDEX = Told('<meta name="robots" content="noindex"><p>Hidden.</p>')


def versioned(told: Told) -> Told:
    return Told(told.body, headers={"ETag": f'"{hash(told.body)}"'})


@pytest.fixture
def site() -> Iterator[OwnSite]:
    """Seven pages in its sitemap, one that only its front page links to, and a version of each."""
    with own_site({}) as site:
        listed = [f"/p{number}" for number in range(7)]
        site.pages |= {each: versioned(page(f"Page {each}.")) for each in listed}
        site.pages |= {
            "/": versioned(page("The front.", "/policy")),
            "/policy": versioned(page("Refunds.")),
            "/sitemap.xml": sitemap(*(site.root + each for each in listed)),
        }
        yield site


def test_each_page_comes_to_its_turn(site: OwnSite) -> None:
    reading = Reading()

    first = reading.crawl(site.root, FIVE)
    assert (first.stopped, first.asked) == (Stopped.PAGES, 5)
    assert reading.texts().keys() == {"", "policy", "p0", "p1", "p2"}

    second = reading.crawl(site.root, FIVE)
    assert (second.asked, second.unchanged) == (5, 1)
    assert len(reading.texts()) == 9

    before = {url: each.asked_at for url, each in reading.known.items()}
    reading.crawl(site.root, FIVE)
    asked = {url for url, each in reading.known.items() if each.asked_at > before[url]}
    assert asked == {f"{site.root}/{each}" for each in ("", "policy", "p0", "p1", "p2")}


def test_links_that_had_to_wait_are_not_lost_where_their_page_stays_the_same(
    site: OwnSite,
) -> None:
    site.pages["/"] = versioned(page("The front.", "/p0", "/p1", "/p2"))
    del site.pages["/sitemap.xml"]
    two, reading = Limits(pages=2, pause=0.0), Reading()

    for _ in range(3):
        reading.crawl(site.root, two)
    assert reading.texts().keys() == {"", "p0", "p1", "p2"}

    assert reading.crawl(site.root, two).unchanged == 2


@pytest.mark.parametrize(
    "told",
    [
        NOINDEX,
        Told("", 301, headers={"Location": "/p1"}),
        Told("<p>Hidden.</p>", headers={"X-Robots-Tag": "noindex"}),
    ],
)
def test_what_a_page_takes_back_is_gone_though_no_night_reads_all(
    site: OwnSite, told: Told
) -> None:
    reading = Reading()
    for _ in range(2):
        reading.crawl(site.root, FIVE)
    site.pages["/p1"] = site.pages["/p4"] = told

    stopped = [reading.crawl(site.root, FIVE).stopped for _ in range(2)]

    assert stopped == [Stopped.PAGES, Stopped.PAGES]
    assert reading.texts().keys() == {"", "policy", "p0", "p2", "p3", "p5", "p6"}


def test_pages_without_words_take_no_more_turns_than_others(site: OwnSite) -> None:
    reading = Reading()
    for number in range(5):
        site.pages[f"/p{number}"] = NOINDEX
    site.pages["/p0"] = Told("Broken.", 500)
    for _ in range(2):
        reading.crawl(site.root, FIVE)
    site.pages["/p6"] = versioned(page("Changed."))

    for _ in range(2):
        reading.crawl(site.root, FIVE)

    assert "Changed." in reading.texts()["p6"]


@pytest.mark.parametrize("told", [Told("", 503), Told("", drips=0.001)])
def test_a_page_that_ends_one_night_does_not_end_them_all(site: OwnSite, told: Told) -> None:
    site.pages["/policy"] = told
    reading = Reading()

    for _ in range(2):
        reading.crawl(
            site.root, Limits(seconds=200, pause=0.0), tick=partial(next, iter(range(100_000)))
        )

    assert len(reading.texts()) == 8


def test_what_rules_close_now_is_gone_before_anything_is_asked(site: OwnSite) -> None:
    reading = Reading()
    for _ in range(2):
        reading.crawl(site.root, FIVE)
    site.pages["/robots.txt"] = robots("User-agent: *", "Disallow: /p")

    reading.crawl(site.root, Limits(pages=1, pause=0.0))
    assert reading.texts().keys() == {""}

    site.pages["/robots.txt"] = Told("Oops", 500)
    assert reading.crawl(site.root).stopped == Stopped.CLOSED
    assert reading.texts().keys() == {""}

    site.pages["/robots.txt"] = robots("User-agent: *", "Disallow: /")
    assert reading.crawl(site.root).stopped == Stopped.CLOSED
    assert reading.known == {}


def test_of_a_host_that_the_site_left_nothing_is_found(site: OwnSite) -> None:
    with own_site({"/": page("The old front.", "/old"), "/old": page("Old.")}) as old:
        reading = Reading()
        reading.crawl(old.root)
        old.pages["/"] = Told("", 301, headers={"Location": f"{site.root}/"})

        reading.crawl(old.root, FIVE)

    assert {each.partition("/p")[0].rstrip("/") for each in reading.known} == {site.root}


def test_a_dead_link_is_told_until_its_page_has_it_no_more(site: OwnSite) -> None:
    site.pages["/"] = versioned(page("The front.", "/gone"))
    gone, reading = f"{site.root}/gone", Reading()
    for _ in range(3):
        reading.crawl(site.root, FIVE)
    assert reading.known[gone].status == 404

    site.pages["/"] = versioned(page("The front."))
    assert reading.crawl(site.root, FIVE).stopped == Stopped.PAGES

    assert gone not in reading.known


def test_an_unchanged_page_that_asks_not_to_be_kept_is_forgotten_at_once(site: OwnSite) -> None:
    """Only the header tells: of what did not change nothing is sent."""
    reading, url = Reading(), f"{site.root}/p1"
    for _ in range(2):
        reading.crawl(site.root, FIVE)
    told = site.pages["/p1"]
    site.pages["/p1"] = Told(told.body, headers=told.headers | {"X-Robots-Tag": "hotdash: none"})

    for _ in range(2):
        reading.crawl(site.root, FIVE)

    assert site.sent["/p1"] == 0
    assert (reading.known[url].status, reading.known[url].body) == (200, "")
    # Without a version it is sent whole, and found again, once it may be.
    site.pages["/p1"] = told
    for _ in range(2):
        reading.crawl(site.root, FIVE)
    assert "Page /p1." in reading.texts()["p1"]
