"""A crawl against a server on this machine: robots rules, bounds, unchanged and dead pages, and no way inside."""

import socket
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from hotdash.base.reach import Reach
from hotdash.insights.knowledge.crawling.crawl import Limits, Stopped
from tests.fixtures.own_site import OwnSite, Told, own_site, page, robots, sitemap
from tests.fixtures.site_reading import Reading


@pytest.fixture
def site() -> Iterator[OwnSite]:
    with own_site({}) as site:
        site.pages |= {
            "/robots.txt": robots("User-agent: *", "Disallow: /cart"),
            "/sitemap.xml": sitemap(f"{site.root}/listed"),
            "/": page("The front.", "/fitting?utm=1", "/cart", "/gone", "https://other.example/x"),
            "/fitting": page("Four bolts.", "/deep"),
            "/deep": page("Further down."),
            "/listed": page("Only the sitemap knows."),
            "/cart": page("Secret cart."),
        }
        yield site


def test_the_sitemap_and_links_are_read_and_robots_rules_hold(site: OwnSite) -> None:
    reading = Reading()

    record = reading.crawl(site.root)

    assert record.stopped == Stopped.DONE
    assert {path: text.split()[-1] for path, text in reading.texts().items() if text} == {
        "": "/fitting?utm=1/cart/gonehttps://other.example/x",
        "fitting": "/deep",
        "deep": "down.",
        "listed": "knows.",
    }
    assert "/cart" not in site.asked
    assert (record.asked, record.missing, record.forbidden) == (5, 1, 1)
    assert site.headers["/"]["user-agent"].startswith("hotdash ")
    assert len(site.asked) == len(set(site.asked))


def test_a_dead_link_is_told_with_the_page_it_stands_on(site: OwnSite) -> None:
    reading = Reading()

    reading.crawl(site.root)

    gone = reading.known[f"{site.root}/gone"]
    assert (gone.status, gone.linked_from, gone.body) == (404, f"{site.root}/", "")


def test_what_did_not_change_is_not_sent_again(site: OwnSite) -> None:
    for path, told in list(site.pages.items()):
        site.pages[path] = Told(told.body, told.status, told.kind, {"ETag": f'"{path}"'})
    reading = Reading()
    first = reading.crawl(site.root)
    before = dict(reading.known)
    site.forget()

    second = reading.crawl(site.root)

    assert second.unchanged == 4
    pages = ("/", "/fitting", "/deep", "/listed")
    assert [site.sent[path] for path in pages] == [0, 0, 0, 0]
    assert second.bytes < first.bytes
    assert {url: each.body for url, each in before.items()} == {
        url: each.body for url, each in reading.known.items()
    }
    deep = f"{site.root}/deep"
    assert reading.known[deep].asked_at > before[deep].asked_at
    assert reading.known[deep].changed_at == before[deep].changed_at
    # The page that links there was not sent, and still does.
    assert reading.known[f"{site.root}/gone"].status == 404


def test_by_date_where_the_site_marks_no_version(site: OwnSite) -> None:
    site.pages["/deep"] = Told("x", headers={"Last-Modified": "Fri, 20 Nov 2026 08:00:00 GMT"})
    reading = Reading()
    reading.crawl(site.root)

    reading.crawl(site.root)

    assert site.headers["/deep"]["if-modified-since"] == "Fri, 20 Nov 2026 08:00:00 GMT"


def test_a_page_that_is_gone_leaves_and_one_that_only_failed_stays(site: OwnSite) -> None:
    reading = Reading()
    reading.crawl(site.root)
    site.pages["/fitting"] = Told("Broken.", 500)
    site.pages["/sitemap.xml"] = sitemap()
    site.pages["/listed"] = page("x")
    site.pages["/"] = page("The front.", "/fitting")
    del site.pages["/listed"]

    record = reading.crawl(site.root)

    assert record.failed == 1
    assert "Four bolts." in reading.known[f"{site.root}/fitting"].body
    assert reading.known[f"{site.root}/listed"].status == 404
    assert f"{site.root}/gone" not in reading.known


def test_a_closed_site_is_left_and_an_unreadable_rule_closes_it(site: OwnSite) -> None:
    for told in (robots("User-agent: hotdash", "Disallow: /"), Told("Oops", 500)):
        site.pages["/robots.txt"] = told
        site.forget()
        assert Reading().crawl(site.root).stopped == Stopped.CLOSED
        assert site.asked == ["/robots.txt"]
    del site.pages["/robots.txt"]
    assert Reading().crawl(site.root).stopped == Stopped.DONE


def test_between_two_requests_the_site_is_left_alone_as_long_as_it_asks(site: OwnSite) -> None:
    site.pages["/robots.txt"] = robots("User-agent: *", "Crawl-delay: 7")
    reading = Reading()

    reading.crawl(site.root)

    assert set(reading.waited) == {7.0}
    assert len(reading.waited) == len(site.asked) - 1


def test_a_sitemap_index_and_packed_sitemaps(site: OwnSite) -> None:
    site.pages |= {
        "/robots.txt": robots(
            f"Sitemap: {site.root}/index.xml", "Sitemap: https://other.example/s.xml"
        ),
        "/index.xml": sitemap(f"{site.root}/s1.xml.gz", f"{site.root}/index.xml", is_index=True),
        "/s1.xml.gz": sitemap(f"{site.root}/listed", "https://other.example/y", packed=True),
    }

    reading = Reading()
    reading.crawl(site.root)

    assert "knows" in reading.texts()["listed"]
    assert "/sitemap.xml" not in site.asked


@pytest.mark.parametrize(
    ("limits", "stopped"),
    [
        (Limits(pages=2, pause=0.0), Stopped.PAGES),
        (Limits(bytes=250, pause=0.0), Stopped.BYTES),
        (Limits(seconds=20, pause=7.0), Stopped.TIME),
    ],
)
def test_each_bound_ends_it_and_what_was_read_stays(
    site: OwnSite, limits: Limits, stopped: Stopped
) -> None:
    reading = Reading()
    reading.crawl(site.root)
    known = dict(reading.known)

    record = reading.crawl(site.root, limits)

    assert record.stopped == stopped
    assert reading.known.keys() == known.keys()
    if stopped is Stopped.PAGES:
        assert record.asked == 2


def test_a_page_that_is_too_large_is_left_out_unread(site: OwnSite) -> None:
    site.pages["/fitting"] = page("y" * 100_000, "/deep")

    reading = Reading()
    record = reading.crawl(site.root, Limits(page_bytes=10_000, pause=0.0))

    assert (record.stopped, record.failed) == (Stopped.DONE, 1)
    assert "fitting" not in reading.texts()


def test_a_server_that_never_ends_is_left_when_the_time_is_over(site: OwnSite) -> None:
    site.pages["/"] = Told("", drips=0.01)
    ticks = iter(range(10_000))

    record = Reading().crawl(site.root, Limits(seconds=40, pause=0.0), tick=lambda: next(ticks))

    assert record.stopped == Stopped.TIME


def test_who_asks_us_to_slow_down_is_left_alone(site: OwnSite) -> None:
    site.pages["/fitting"] = Told("", 429)
    record = Reading().crawl(site.root)
    assert record.stopped == Stopped.THROTTLED
    assert "/deep" not in site.asked


def test_pages_that_ask_for_it_are_not_kept_and_not_followed(site: OwnSite) -> None:
    closed = '<meta name="robots" content="{}"><p>Hidden.</p><a href="/deep">x</a>'
    site.pages["/fitting"] = Told(closed.format("noindex"))
    reading = Reading()
    reading.crawl(site.root)
    assert reading.texts().keys() >= {"deep"}
    assert "fitting" not in reading.texts()

    site.pages["/fitting"] = Told(closed.format("none"))
    reading = Reading()
    reading.crawl(site.root)
    assert not reading.texts().keys() & {"deep", "fitting"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("noindex", {"deep"}),
        ("hotdash: none", set[str]()),
        ("otherbot: none", {"deep", "fitting"}),
        ("nofollow", {"fitting"}),
    ],
)
def test_so_may_the_header_of_their_answer(site: OwnSite, asked: str, found: set[str]) -> None:
    told = site.pages["/fitting"]
    site.pages["/fitting"] = Told(told.body, headers={"X-Robots-Tag": asked})

    reading = Reading()
    reading.crawl(site.root)

    assert reading.texts().keys() & {"deep", "fitting"} == found


def test_a_resolver_that_never_answers_is_left_when_the_time_is_over(
    site: OwnSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, asked, released = socket.getaddrinfo, count(), threading.Event()

    def hanging(host: str, port: int, *more: Any, **named: Any) -> Any:
        if host == "shop.example" and next(asked) == 1:
            released.wait(30)
        return resolve("127.0.0.1", port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    began = time.monotonic()
    record = Reading().crawl(
        f"http://shop.example:{site.port}", Limits(seconds=0.5, pause=0.0), tick=time.monotonic
    )
    spent = time.monotonic() - began
    released.set()

    assert (record.stopped, site.asked) == (Stopped.TIME, ["/robots.txt"])
    assert spent < 10


def test_a_redirect_inside_is_followed_in_its_turn_and_one_that_leaves_is_not(
    site: OwnSite,
) -> None:
    site.pages["/fitting"] = Told("", 301, headers={"Location": "/moved"})
    site.pages["/moved"] = page("Moved here.")
    with own_site({"/x": page("Elsewhere.")}) as other:
        site.pages["/deep"] = Told("", 302, headers={"Location": f"{other.root}/x"})
        site.pages["/"] = page("The front.", "/fitting", "/deep")
        reading = Reading()
        reading.crawl(site.root)
        assert other.asked == []
    assert "Moved here." in reading.texts()["moved"]
    assert not reading.texts().keys() & {"fitting", "deep"}


def test_a_site_that_moved_is_read_where_it_lives_by_the_rules_of_there(site: OwnSite) -> None:
    with own_site({"/": Told("", 301, headers={"Location": site.root})}) as old:
        record = Reading().crawl(old.root)
        assert record.site == f"{site.root}/"
        assert (record.stopped, record.forbidden) == (Stopped.DONE, 1)
        assert set(old.asked) == {"/robots.txt", "/"}


class TestNoWayInside:
    """`PUBLIC_OR_LOOPBACK` stands for the public internet here: this machine is what may be reached."""

    def test_a_private_address_is_refused_before_a_connection(self, site: OwnSite) -> None:
        for address in (site.root, f"http://localhost:{site.port}", "http://10.0.0.1/"):
            record = Reading().crawl(address, reach=Reach.PUBLIC)
            assert (record.stopped, record.bytes) == (Stopped.OUT_OF_REACH, 0)
        assert site.asked == []

    @pytest.mark.parametrize(
        "inside", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[fd00::1]/"]
    )
    @pytest.mark.parametrize("path", ["/", "/robots.txt"])
    def test_nor_is_a_redirect_followed_there(
        self, site: OwnSite, dialled: list[str], inside: str, path: str
    ) -> None:
        site.pages[path] = Told("", 302, headers={"Location": inside})

        record = Reading().crawl(site.root)

        assert record.stopped == Stopped.OUT_OF_REACH
        assert set(dialled) == {"127.0.0.1"}

    def test_nor_by_a_sitemap_or_a_link(self, site: OwnSite, dialled: list[str]) -> None:
        site.pages["/robots.txt"] = robots("Sitemap: http://10.0.0.1/sitemap.xml")
        site.pages["/"] = page("The front.", "http://10.0.0.1/admin", "//169.254.169.254/")

        assert Reading().crawl(site.root).stopped == Stopped.DONE
        assert set(dialled) == {"127.0.0.1"}

    def test_nor_by_a_name_that_leads_elsewhere_the_second_time(
        self, site: OwnSite, dialled: list[str], names: dict[str, list[list[str]]]
    ) -> None:
        """Each connection asks the resolver once, judges its answer, and goes to just that."""
        names["shop.example"] = [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]]

        record = Reading().crawl(f"http://shop.example:{site.port}")

        assert record.stopped == Stopped.OUT_OF_REACH
        assert site.asked == ["/robots.txt", "/"]
        assert dialled == ["127.0.0.1", "127.0.0.1"]
        assert names["shop.example"] == []

    def test_nor_by_one_that_leads_to_both(
        self, site: OwnSite, dialled: list[str], names: dict[str, list[list[str]]]
    ) -> None:
        names["shop.example"] = [["127.0.0.1", "10.0.0.1"]]

        assert Reading().crawl(f"http://shop.example:{site.port}").stopped == Stopped.OUT_OF_REACH
        assert dialled == []


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where connections were really made to, at the socket."""
    made: list[str] = []
    connect = socket.create_connection

    def noted(address: tuple[str, int], *told: Any, **more: Any) -> socket.socket:
        made.append(address[0])
        return connect(address, *told, **more)

    monkeypatch.setattr(socket, "create_connection", noted)
    return made


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """A resolver that answers the same name otherwise each time; all others as ever."""
    answers: dict[str, list[list[str]]] = {}
    resolve = socket.getaddrinfo

    def told(host: str, port: int, *more: Any, **named: Any) -> Any:
        if host not in answers:
            return resolve(host, port, *more, **named)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port))
            for each in answers[host].pop(0)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", told)
    return answers
