"""robots.txt as RFC 9309 reads it, with the patterns that shops' own files are full of."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.insights.knowledge.crawling.robots import Robots, read_robots
from hotdash.insights.knowledge.crawling.robots_tag import directives, may_follow, may_keep

SHOPIFY = """
# we use a shop system
User-agent: *
Disallow: /admin
Disallow: /cart
Disallow: /*/collections/*sort_by*
Disallow: /*?*oseid=*
Disallow: /search$
Disallow: /policies/
Allow: /policies/shipping
Crawl-delay: 2
Sitemap: https://shop.example/sitemap.xml

User-agent: adsbot-google
Disallow: /checkouts/

User-agent: nutch
User-agent: BadBot
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("/", True),
        ("/admin", False),
        ("/administrator", False),
        ("/products/cart", True),
        ("/de/collections/all?sort_by=price", False),
        ("/collections/all?sort_by=price", True),
        ("/pages/a?x=1&oseid=2", False),
        ("/search", False),
        ("/search/help", True),
        ("/policies/refund", False),
        ("/policies/shipping", True),
        ("/%61dmin", False),
        ("/robots.txt", True),
    ],
)
def test_the_longest_rule_of_our_group_holds(path: str, is_allowed: bool) -> None:
    assert read_robots(SHOPIFY).allows(f"https://shop.example{path}") == is_allowed


def test_delay_and_sitemaps_are_told() -> None:
    robots = read_robots(SHOPIFY)

    assert (robots.delay, robots.sitemaps) == (2.0, ("https://shop.example/sitemap.xml",))


def test_our_own_group_goes_before_everybody_s() -> None:
    told = (
        "User-agent: *\nDisallow: /\n\nUser-agent: Hotdash\nUser-agent: other\nDisallow: /private\n"
    )
    robots = read_robots(told)

    assert robots.allows("https://shop.example/pages")
    assert not robots.allows("https://shop.example/private/x")
    assert robots.delay == 0


def test_allow_goes_before_disallow_of_the_same_length() -> None:
    robots = Robots((("/page", False), ("/page", True)))

    assert robots.allows("https://shop.example/page")


def test_no_pattern_makes_us_try_for_long() -> None:
    robots = read_robots("User-agent: *\nDisallow: /" + "a*" * 200 + "b$\n")

    began = time.monotonic()
    assert robots.allows("https://shop.example/" + "a" * 5_000)
    assert time.monotonic() - began < 1


@settings(max_examples=200)
@given(st.text(max_size=300), st.text(max_size=60))
def test_whatever_stands_there_is_read(text: str, path: str) -> None:
    assert read_robots(text).allows(f"https://shop.example/{path}") in (True, False)


@pytest.mark.parametrize(
    ("lines", "is_kept", "is_followed"),
    [
        ([], True, True),
        (["noindex"], False, True),
        (["NoFollow"], True, False),
        (["noarchive, none"], False, False),
        (["googlebot: noindex, nofollow"], True, True),
        (["Hotdash: noindex"], False, True),
        (["googlebot: noindex, hotdash: nofollow"], True, False),
        # A name ends with its line, and a value is no name.
        (["otherbot: nofollow", "noindex"], False, True),
        (["unavailable_after: 25 Jun 2026 15:00:00 PST, noindex"], False, True),
        (["unavailable_after: Saturday, 25-Jun-10 15:00:00 GMT, noindex"], False, True),
        (["unavailable_after: Wed, 03 Dec 2025 13:09:53 GMT, noindex, nofollow"], False, False),
        (["otherbot: unavailable_after: Wed, 03 Dec 2025 13:09:53 GMT, noindex"], True, True),
        (["noarchive, 360Spider: nofollow, archive.org_bot: noindex, nofollow"], True, True),
        (["max-snippet: 20, max-image-preview: none"], True, True),
        (["index, follow, all", ":", ", ,"], True, True),
    ],
)
def test_what_an_answer_s_header_asks_of_us(
    lines: list[str], is_kept: bool, is_followed: bool
) -> None:
    told = directives(lines)

    assert (may_keep(told), may_follow(told)) == (is_kept, is_followed)
