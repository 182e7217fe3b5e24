"""The page of the lineage: search, picture and impact, and what it says while nothing was traced."""

import re
from urllib.parse import quote

import pytest

from hotdash.entrypoints.web.pages.lineage.found import found_groups
from hotdash.entrypoints.web.pages.lineage.layout import HEIGHT, drawn, without_detours
from hotdash.entrypoints.web.pages.lineage.picture import (
    LAYERS,
    MOST,
    Picture,
    node_url,
    picture_of,
)
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.jobs.trace_lineage import keep_lineage
from tests.fixtures.storefront import OWNER, VIEWER
from tests.fixtures.web import Web


@pytest.fixture
def page(web: Web, lineage: LineageGraph) -> Web:
    keep_lineage(web.context.home, lineage)
    web.sign_in(VIEWER)
    return web


def html(web: Web, query: str = "") -> str:
    answer = web.client.get(f"/lineage{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_before_it_was_traced_it_says_what_to_do(web: Web) -> None:
    web.sign_in(OWNER)
    assert "hotdash lineage trace" in html(web)


def test_a_search_finds_by_name_and_by_meaning(page: Web) -> None:
    found = html(page, "?q=cancelled_at")
    assert f'href="/lineage?of={quote("raw.shopify_orders.cancelled_at")}"' in found
    assert "Nothing is called so" in html(page, "?q=no-such-word-anywhere")


def test_a_column_tells_what_breaks_and_where_it_begins(page: Web) -> None:
    told = html(page, "?of=raw.shopify_orders.cancelled_at")
    breaks = told[told.index('id="breaks"') : told.index('id="ends"')]
    assert f'href="{node_url("metric:revenue")}"' in breaks
    assert f'href="{node_url("tile:sales-pulse.value")}"' in breaks
    assert f'href="{node_url("metric:csat")}"' not in breaks
    begins = html(page, "?of=metric:csat")
    begins = begins[begins.index('id="ends"') : begins.index('id="nearest"')]
    assert f'href="{node_url("raw.chatwoot_csat.rating")}"' in begins
    assert "Written by Hotdash itself" in begins


def test_the_picture_is_drawn_without_a_script(page: Web) -> None:
    told = html(page, "?of=metric:csat")
    svg = told[told.index("<svg class=") : told.index("</svg>", told.index("<svg class="))]
    assert "<script" not in svg
    assert "style=" not in svg
    assert svg.count("<rect") > 4
    assert svg.count("<path") > 3
    assert 'class="chosen"' in svg


def test_what_is_not_there_is_told_and_what_is_written_is_not_run(page: Web) -> None:
    answer = page.client.get("/lineage?of=%3Cscript%3E")
    assert answer.status_code == 404
    assert "<script>" not in re.sub(r"<script [^>]*src=.*?</script>", "", answer.text)


def test_a_definition_leads_to_it(page: Web) -> None:
    assert 'href="/lineage?of=metric:aov"' in page.client.get("/definitions/aov").text


ASKED = (
    "metric:revenue",
    "metric:contribution",
    "raw.shopify_orders.cancelled_at",
    "raw.ga4_report_days.currency",
)
CURVE = re.compile(r"C(\S+) (\S+) (\S+) (\S+) (\S+) ([^CH\s]+)|H(\S+?)(?=C)")


def pictured(lineage: LineageGraph, asked: str) -> Picture:
    return picture_of(lineage, frozenset({asked}), lineage.up([asked]) | lineage.down([asked]))


def points(curve: str) -> list[tuple[float, float]]:
    """Fifty of each bend and the ends of each straight line."""
    x, y = map(float, curve[1 : curve.index("C")].split())
    found: list[tuple[float, float]] = []
    for bend in CURVE.finditer(curve):
        if bend[7]:
            found += [(x + (float(bend[7]) - x) * step / 50, y) for step in range(51)]
            x = float(bend[7])
            continue
        x1, y1, x2, y2, x3, y3 = map(float, bend.groups()[:6])
        for step in range(51):
            t = step / 50
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            found.append((a * x + b * x1 + c * x2 + d * x3, a * y + b * y1 + c * y2 + d * y3))
        x, y = x3, y3
    return found


@pytest.mark.parametrize("asked", ASKED)
def test_every_curve_and_box_lies_in_the_picture(lineage: LineageGraph, asked: str) -> None:
    picture = pictured(lineage, asked)
    boxes = [box for column in picture.columns for box in column.boxes]
    assert len(boxes) <= len(LAYERS) * MOST
    assert sum(box.is_chosen for box in boxes) == 1
    assert len({(box.x, box.y) for box in boxes}) == len(boxes)
    for box in boxes:
        assert box.x + box.width <= picture.width
        assert box.y + picture.box_height <= picture.height
    for x, y in (point for curve in picture.curves for point in points(curve)):
        assert 0 <= x <= picture.width
        assert 0 <= y <= picture.height


@pytest.mark.parametrize("asked", ASKED)
def test_no_line_runs_across_a_box_and_no_name_is_cut(lineage: LineageGraph, asked: str) -> None:
    picture = pictured(lineage, asked)
    boxes = [box for column in picture.columns for box in column.boxes]
    assert picture.curves
    for x, y in (point for curve in picture.curves for point in points(curve)):
        for box in boxes:
            within = box.x < x < box.x + box.width and box.y < y < box.y + picture.box_height
            assert not within, f"a line crosses {box.text}"
    for box in boxes:
        assert "…" not in box.text
        assert len(box.text) * 7 + 16 <= box.width


def test_of_two_ways_the_longer_is_drawn() -> None:
    flows = [("a", "b"), ("b", "c"), ("a", "c"), ("a", "a"), ("c", "d"), ("a", "d")]
    assert without_detours(flows) == [("a", "b"), ("b", "c"), ("c", "d")]


def test_a_line_that_passes_a_column_has_a_lane_there() -> None:
    names = {key: key for key in "abcd"}
    laid = drawn([["a"], ["b", "c"], ["d"]], names, [("a", "d"), ("a", "b")])
    [passing] = [curve for curve in laid.curves if "H" in curve]
    assert points(passing)[-1] == (laid.spots["d"].x, laid.spots["d"].middle)
    for spot in (laid.spots["b"], laid.spots["c"]):
        assert not any(
            spot.x < x < spot.x + spot.width and spot.y < y < spot.y + HEIGHT
            for x, y in points(passing)
        )


class TestSearch:
    def groups(self, lineage: LineageGraph, word: str) -> list[str]:
        return [group.title for group in found_groups(lineage, word)]

    def test_what_is_called_so_comes_before_what_is_described_so(
        self, lineage: LineageGraph
    ) -> None:
        titles = self.groups(lineage, "currency")
        assert titles[:2] == ["Vendors' fields", "Published marts"]
        described = [title.endswith("described so") for title in titles]
        assert described == sorted(described)
        assert self.groups(lineage, "revenue")[0] == "Metrics"

    def test_words_apart_find_the_name_they_make(self, lineage: LineageGraph) -> None:
        [fields, *_] = found_groups(lineage, "cancelled at")
        assert "raw.shopify_orders.cancelled_at" in {link.text for link in fields.links}

    def test_without_a_hit_it_leads_on(self, page: Web) -> None:
        told = html(page, "?q=curency")
        assert "Nothing is called so" in told
        assert 'href="/lineage?q=currency"' in told
        assert 'href="/lineage?of=metric%3Arevenue"' in html(page, "?q=no-such-word-anywhere")


def test_what_only_publishing_reads_is_not_drawn(page: Web) -> None:
    told = html(page, "?of=raw.shopify_orders.cancelled_at")
    assert "fct_revenue" in told
    assert "publication_candidate" not in told
    assert "publication_days" not in told
    assert "publication_candidate" in html(page, "?of=marts.publication_candidate")


def test_freshness_is_told_in_words(page: Web) -> None:
    told = html(page, "?of=raw.shopify_orders")
    assert "stale after an hour, not published after a day" in told


def test_a_phone_reads_the_picture_as_a_list(page: Web) -> None:
    told = html(page, "?of=metric:csat")
    listed = told[told.index('class="lineage-list"') : told.index('id="breaks"')]
    assert "Vendors and raw" in listed
    assert ">chatwoot_csat</a>" in listed
    assert 'aria-current="true">csat</a>' in listed
