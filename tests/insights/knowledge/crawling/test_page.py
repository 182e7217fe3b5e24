"""What a person reads on a page, its headings and links; and sitemaps, also odd ones."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.base.unpacking import TooLargeError, unpacked
from hotdash.insights.knowledge.crawling.addresses import Site
from hotdash.insights.knowledge.crawling.page import read_page
from hotdash.insights.knowledge.crawling.sitemap import Sitemap, read_sitemap

PAGE = """<html><head><title>Fitting &amp; care</title><style>p {}</style>
<meta name="robots" content="noindex, FOLLOW"><script>var a = "<p>no</p>";</script></head>
<body><nav><a href="/menu">Menu</a></nav>
<h1>Fitting</h1><p>Four <b>bolts</b>
hold it.</p><h2>Care</h2><ul><li>Oil it</li><li>Dry it</li></ul>
<a href="../care#oil">more</a><a rel="nofollow" href="/ad">ad</a>
<footer>Imprint</footer></body></html>"""


def test_a_page_is_read_as_a_person_reads_it() -> None:
    page = read_page(PAGE.encode(), "utf-8")

    assert page.title == "Fitting & care"
    assert page.text == (
        "# Fitting\n\nFour bolts hold it.\n\n## Care\n\nOil it\n\nDry it\n\nmoread"
    )
    for gone in ("Menu", "Imprint", "var a", "p {}"):
        assert gone not in page.text
    assert page.links == ("/menu", "../care#oil")
    assert (page.is_indexed, page.is_followed) == (False, True)


def test_text_is_read_in_its_own_letters() -> None:
    told = "<meta charset=iso-8859-1><p>Größe</p>"
    assert "Größe" in read_page(told.encode("latin-1"), None).text
    assert "Größe" in read_page(told.encode(), "utf-8").text
    assert "Gr" in read_page(told.encode(), "no-such-letters").text


@settings(max_examples=150)
@given(st.binary(max_size=400), st.text(max_size=200))
def test_whatever_stands_there_is_read(content: bytes, text: str) -> None:
    assert "\0" not in read_page(content, None).text
    assert "\0" not in read_page(f"<p>{text}<a href={text}>".encode(), "utf-8").text
    assert isinstance(read_sitemap(content), Sitemap)


def test_a_sitemap_that_declares_entities_is_refused() -> None:
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><urlset><url><loc>&a;</loc></url></urlset>"
    assert read_sitemap(bomb) == Sitemap()
    assert read_sitemap(bomb.decode().encode("utf-16")) == Sitemap()


def test_what_was_read_before_a_sitemap_breaks_off_counts() -> None:
    told = b"<urlset><url><loc> https://a.example/x </loc></url><url><loc>htt"
    assert read_sitemap(told).pages == ["https://a.example/x"]


def test_a_few_bytes_do_not_unpack_into_more_than_an_answer_may_have() -> None:
    with pytest.raises(TooLargeError):
        unpacked(gzip.compress(b"\0" * 10_000_000), "gzip", 1_000_000)
    assert unpacked(gzip.compress(b"small"), "gzip", 100) == b"small"
    assert unpacked(b"no gzip", "gzip", 100) == b""


def test_odd_markup_is_read_as_a_browser_reads_it() -> None:
    told = """<!doctype html><TITLE>A &amp; B</TITLE><p class=x/y data-json='{"a": "<b>"}'>One<br/>two
<script>if (a < b) { "</p>" }</script><svg/>three 1 < 2 & 3 &lt; 4 <?php x ?></ odd>
<A HREF = "/one?a=1&amp;b=2" href="/second">x</a><a href=/bare/>y</a><p "q" =r>four<!-- <p>no -->
five<!-- never ends <a href="/no">six"""
    page = read_page(told.encode(), "utf-8")

    assert page.title == "A & B"
    assert page.text.split() == "One two three 1 < 2 & 3 < 4 xy four five".split()
    assert page.links == ("/one?a=1&b=2", "/bare/")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("/b?variant=1#top", "https://shop.example/b"),
        ("c", "https://shop.example/a/c"),
        ("http://shop.example/b", "https://shop.example/b"),
        ("https://SHOP.example:443/b", "https://shop.example/b"),
        ("https://shop.example:8443/b", None),
        ("https://other.example/b", None),
        ("https://shop.example@10.0.0.1/b", None),
        ("https://a:b@shop.example/b", None),
        ("//other.example/b", None),
        ("mailto:ann@shop.example", None),
        ("javascript:alert(1)", None),
        ("/photo.JPG", None),
        ("http://[half", None),
    ],
)
def test_only_addresses_of_the_site_are_its_own(told: str, expected: str | None) -> None:
    site = Site.of("https://shop.example")

    assert site.linked("https://shop.example/a/", told) == expected
