"""Patterns: what it counts is what the metrics count, and every ready question has an answer."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from hotdash.entrypoints.web.pages.patterns import QUESTIONS, level_of
from hotdash.storage.appdb.models import Published
from tests.fixtures.pages import links_of
from tests.fixtures.storefront import NOW, OWNER, ROD
from tests.fixtures.web import Web


@pytest.fixture
def owner(shown_web: Web) -> Web:
    shown_web.sign_in(OWNER)
    return shown_web


def test_the_hours_are_the_shops_and_add_up_to_the_orders(owner: Web) -> None:
    """Every order of the storefront is of 20:00 UTC: noon in Los Angeles in winter, 13:00 before November."""
    html = owner.client.get(f"/patterns?shop={ROD}&range=7d").text
    rows = html.partition('aria-label="Orders by weekday and hour, table"')[2]
    rows = rows.partition("</table>")[0].partition("<tbody>")[2]
    asked = f"/api/v1/metrics/query?shop={ROD}&metric=orders&range=7d&by=day"
    days = owner.client.get(asked).json()["rows"]
    by_weekday = [row.partition("</tr>")[0] for row in rows.split("<tr>")[1:]]
    assert len(by_weekday) == 7
    # 13 Nov 2026 is a Friday; the seven days begin on it.
    counts = [day["values"]["orders"]["value"] for day in days]
    assert days[0]["days"][0] == "2026-11-13"
    monday_first = [*counts[3:], *counts[:3]]
    for row, count in zip(by_weekday, monday_first, strict=True):
        cells = [cell.partition(">")[2].partition("<")[0] for cell in row.split("<td")[1:]]
        assert cells == [*(["0"] * 6), count, *(["0"] * 5), count]


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_ready_question_is_answered(owner: Web, title: str) -> None:
    url = links_of(owner.client.get(f"/patterns?shop={ROD}").text)[title]
    assert owner.client.get(url).status_code == 200


def test_what_is_not_there_says_when_it_comes(owner: Web) -> None:
    html = owner.client.get(f"/patterns?shop={ROD}").text
    assert "No cohort is published yet." in html
    assert "No stock is published yet." in html


def test_what_it_rests_on(owner: Web) -> None:
    html = owner.client.get(f"/patterns?shop={ROD}").text
    assert 'role="status"' not in html
    for told in ("complete up to", "8 min ago", "Build ", "Timezone America/Los_Angeles"):
        assert told in html


def test_stale_blocked_and_held_are_told_as_on_explore(web: Web) -> None:
    web.sign_in(OWNER)
    web.storefront.clock.advance(timedelta(hours=7))
    assert "The data is not up to date." in web.client.get(f"/patterns?shop={ROD}").text
    web.storefront.block()
    html = web.client.get(f"/patterns?shop={ROD}").text
    assert "Blocked since" in html
    assert "Shopify counts 412 orders" in html
    with web.storefront.database.jobs() as session:
        session.execute(
            update(Published).values(
                pinned_at=NOW, pinned_by="ana", pin_reason="Ana looks into it."
            )
        )
    assert "Held: Ana looks into it." in web.client.get(f"/patterns?shop={ROD}").text


@pytest.mark.parametrize(
    ("value", "level"), [(None, 0), ("0", 0), ("1", 1), ("25", 2), ("49", 2), ("75", 4), ("100", 4)]
)
def test_levels(value: str | None, level: int) -> None:
    assert level_of(None if value is None else Decimal(value), Decimal(100)) == level
