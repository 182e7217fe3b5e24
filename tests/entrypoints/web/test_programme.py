"""The scorecard and the backlog by page: the same to everybody of the shop, and to nobody else."""

import re

import pytest

from hotdash.reports.backlog.items import backlog
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web

SCORECARD, BACKLOG = f"/scorecard?shop={ROD}", f"/backlog?shop={ROD}"


def test_the_scorecard_tells_each_promise_and_what_is_not_measured(shown_web: Web) -> None:
    shown_web.sign_in(OWNER)
    html = shown_web.client.get(SCORECARD).text
    assert html.count("data-promise=") == 8
    assert "Goal: 0.00 on every day" in html
    assert "Not measured yet" in html
    assert "read_reports" in html, "what would fill the variance"
    assert f'href="/backfills?shop={ROD}"' in html
    assert 'aria-current="page">Programme</a>' in html


def test_the_board_tells_each_item_once_in_its_column(shown_web: Web) -> None:
    shown_web.sign_in(OWNER)
    html = shown_web.client.get(BACKLOG).text
    assert html.count("data-item=") == len(backlog().items)
    for item in backlog().items:
        assert html.count(f'data-item="{item.name}"') == 1
    blocked = html[html.index('data-column="Blocked"') : html.index('data-column="Complete"')]
    assert 'data-item="sla-anomalies"' in blocked
    assert "the source chatwoot is not connected" in blocked


def test_a_metric_that_is_published_is_complete_and_leads_to_its_definition(
    shown_web: Web,
) -> None:
    shown_web.sign_in(OWNER)
    html = shown_web.client.get(BACKLOG).text
    complete = html[html.index('data-column="Complete"') :]
    assert f'href="/definitions/activation_rate?shop={ROD}"' in complete
    assert shown_web.client.get(f"/definitions/activation_rate?shop={ROD}").status_code == 200


@pytest.mark.parametrize("page", [SCORECARD, BACKLOG])
class TestWhoSees:
    def test_a_viewer_sees_what_the_owner_sees(self, shown_web: Web, page: str) -> None:
        shown_web.sign_in(OWNER)
        owner = _figures(shown_web.client.get(page).text)
        shown_web.sign_in(VIEWER)
        viewer = shown_web.client.get(page)
        assert viewer.status_code == 200
        assert _figures(viewer.text) == owner
        assert "/backfills" not in viewer.text, "a page that is not for this role"

    def test_nobody_of_another_shop(self, shown_web: Web, page: str) -> None:
        shown_web.sign_in(STRANGER)
        assert shown_web.client.get(page).status_code == 404
        theirs = shown_web.client.get(page.replace(ROD, KYOTO))
        assert theirs.status_code == 200
        assert "Hot Rod An" not in theirs.text


def _figures(html: str) -> str:
    """What stands in the cards, without the links that follow the role."""
    body = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"\s*<a href=[^>]*aria-label=[^>]*>Look at it</a>", "", body)
