"""The page of the lineage: search, picture and impact, and what it says while nothing was traced."""

import re
from urllib.parse import quote

import pytest

from hotdash.entrypoints.web.pages.lineage.picture import LAYERS, MOST, node_url, picture_of
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


@pytest.mark.parametrize("asked", ["metric:revenue", "raw.shopify_orders.cancelled_at"])
def test_every_curve_and_box_lies_in_the_picture(lineage: LineageGraph, asked: str) -> None:
    reached = lineage.up([asked]) | lineage.down([asked])
    picture = picture_of(lineage, frozenset({asked}), reached)
    assert len(picture.boxes) <= len(LAYERS) * MOST
    assert sum(box.is_chosen for box in picture.boxes) == 1
    assert len({(box.x, box.y) for box in picture.boxes}) == len(picture.boxes)
    for box in picture.boxes:
        assert box.x + picture.box_width <= picture.width
        assert box.y + picture.box_height <= picture.height
