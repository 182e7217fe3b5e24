"""Sources and backfills as a person meets them: what is wrong, what would change, and going on without a reload."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from hotdash.base.roles import Role
from hotdash.pipeline.backfill.status import resource_of
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb.repositories.backfill_progress import (
    DiffRecord,
    add_chunks,
    begin_chunk,
    finish_chunk,
)
from hotdash.storage.appdb.repositories.backfills import add_events, newest_events
from hotdash.storage.secrets import Vault
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.planned import asked_by, carry_out_line, employ, planned_by, run_by
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.source_world import refused, tell_sources
from tests.fixtures.storefront import LAST_DAY, OWNER, ROD, Storefront, copied
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Upkeep:
    served: Served
    planned: UUID
    waiting: UUID
    running: UUID
    failed: UUID


@pytest.fixture(scope="module")
def upkeep(
    storefront_template: str,
    template_urls: DatabaseUrls,
    tmp_path_factory: pytest.TempPathFactory,
    web_home: Path,
) -> Iterator[Upkeep]:
    folder = tmp_path_factory.mktemp("upkeep")
    with ExitStack() as stack:
        house = stack.enter_context(copied(template_urls, storefront_template, folder))
        vault = Vault.in_home(folder)
        tell_sources(house, vault)
        employ(house)
        records = [refused(number) for number in reversed(range(30))]
        more = {
            "vault": vault,
            "read_quarantine": lambda chosen: list(filter(chosen.takes, records)),
        }
        engineer = house.add_person(Role.ENGINEER)
        failed = asked_by(house, engineer, Role.ENGINEER, days=5, reason="Refunds came late.")
        _fail(house, failed.plan_id)
        waiting = asked_by(house, engineer, Role.ENGINEER, rows=late_prices(), days=10)
        planned = planned_by(house, OWNER, Role.OWNER, rows=late_prices(), days=10)
        done = asked_by(house, OWNER, Role.OWNER, days=3, reason="A source sent nonsense.")
        run_by(house, OWNER, Role.OWNER, done.plan_id)
        running = asked_by(house, engineer, Role.ENGINEER, days=6, reason="Late Meta conversions.")
        _begin(house, running.plan_id)
        held = hold_lease(house.database, resource_of(running.plan_id), house.clock)
        stack.enter_context(held)
        served = stack.enter_context(serving(house, web_home, **more))
        plans = (planned, waiting, running, failed)
        yield Upkeep(served, *(each.plan_id for each in plans))


def late_prices() -> list[DiffRecord]:
    rows = list[DiffRecord]()
    for number in range(1, 10):
        day, lost = LAST_DAY - timedelta(days=number), Decimal(number * 37)
        before = Decimal(1800 + 90 * (number % 4))
        rows.append(DiffRecord(ROD, "revenue", "1", day, "USD", before, before - lost))
        rows.append(DiffRecord(ROD, "aov", "1", day, "USD", before / 8, (before - lost) / 8))
        if number % 3 == 0:
            rows.append(DiffRecord(ROD, "orders", "1", day, "", Decimal(8), Decimal(7)))
    return rows


def _begin(house: Storefront, backfill: UUID) -> None:
    """Five of eight parts in two minutes."""
    now, names = house.clock.now(), [f"{number:03}" for number in range(8)]
    with house.database.jobs() as session:
        [event] = newest_events(session, [ROD], backfill)
        add_events(session, [replace(event, status="running", at=now)])
        add_chunks(session, backfill, [ROD], names)
        for number, name in enumerate(names[:6]):
            at = now - timedelta(seconds=(5 - number) * 24)
            begin_chunk(session, backfill, name, at)
            if number < 5:
                finish_chunk(session, backfill, name, 10, at + timedelta(seconds=24))


def _fail(house: Storefront, backfill: UUID) -> None:
    told = "What was computed does not pass its checks: 3 refunds have no order."
    with house.database.jobs() as session:
        [event] = newest_events(session, [ROD], backfill)
        detail = {"by": event.triggered_by, "error": told}
        failed = replace(event, status="failed", at=house.clock.now(), detail=detail)
        add_events(session, [failed])


@pytest.fixture
def owner(visitor: Visitor, upkeep: Upkeep) -> Visitor:
    return come_in(visitor, upkeep.served, OWNER)


def look(visitor: Visitor, path: str, name: str) -> None:
    """In both themes and on a phone."""
    for theme in THEMES:
        visitor.page.set_viewport_size(DESKTOP)
        visitor.page.emulate_media(color_scheme=theme)
        visitor.open(f"{path}?shop={ROD}")
        visitor.picture(f"{name}-{theme}")
        assert visitor.axe_violations() == []
        assert visitor.sideways() == 0
    visitor.page.set_viewport_size(PHONE)
    visitor.page.emulate_media(color_scheme="light")
    visitor.open(f"{path}?shop={ROD}")
    visitor.picture(f"{name}-phone")
    assert visitor.sideways() == 0
    assert visitor.axe_violations() == []


class TestSources:
    @pytest.mark.parametrize(
        ("path", "name"),
        [
            ("/sources", "sources"),
            ("/sources/shopify", "source"),
            ("/sources/ga4", "source-refused"),
            ("/sources/shopify/quarantine", "quarantine"),
        ],
    )
    def test_looks(self, owner: Visitor, path: str, name: str) -> None:
        look(owner, path, name)

    def test_from_trouble_to_asking_again_by_keyboard(self, owner: Visitor) -> None:
        owner.open(f"/sources?shop={ROD}")
        owner.page.get_by_role("link", name="Look at Shopify").press("Enter")
        owner.page.get_by_role("link", name="What could not be read").press("Enter")
        owner.page.get_by_text("What the vendor sent").first.press("Enter")
        expect(owner.page.locator(".payload").first).to_contain_text("abc29")
        owner.page.get_by_role("button", name="Retry all").press("Enter")
        expect(owner.page.get_by_text("Everything that waits is in line")).to_be_visible()
        owner.picture("quarantine-retry")
        assert owner.axe_violations() == []


class TestBackfills:
    def test_list_and_form_look(self, owner: Visitor) -> None:
        look(owner, "/backfills", "backfills")
        look(owner, "/backfills/new", "backfill-new")

    @pytest.mark.parametrize("which", ["planned", "waiting", "running", "failed"])
    def test_one_looks(self, owner: Visitor, upkeep: Upkeep, which: str) -> None:
        look(owner, f"/backfills/{getattr(upkeep, which)}", f"backfill-{which}")

    def test_planned_by_keyboard_and_followed_without_a_reload(
        self, visitor: Visitor, served: Served
    ) -> None:
        page = come_in(visitor, served, OWNER).page
        visitor.open(f"/backfills?shop={ROD}")
        page.get_by_role("link", name="New backfill").press("Enter")
        page.get_by_label("First day").fill("2026-11-12")
        page.get_by_label("Last day").fill("2026-11-14")
        page.get_by_role("button", name="Plan it").press("Enter")
        expect(page.locator("[data-follow=queued]")).to_contain_text("in line since")
        visitor.picture("backfill-in-line")
        assert visitor.axe_violations() == []
        assert carry_out_line(served.storefront) == [None]
        changes = page.get_by_role("heading", name="What it would change")
        expect(changes).to_be_visible(timeout=15_000)
        page.get_by_label("Why are these days to be computed anew?").fill("Prices were wrong.")
        page.get_by_role("button", name="Ask for it").press("Enter")
        expect(page.get_by_text("Nobody has to agree")).to_be_visible()

    def test_another_metric_is_a_click_away(self, owner: Visitor, upkeep: Upkeep) -> None:
        owner.open(f"/backfills/{upkeep.planned}?shop={ROD}")
        owner.page.get_by_role("link", name="Orders", exact=True).click()
        owner.page.wait_for_url("**metric=orders**")
        expect(
            owner.page.get_by_role("heading", name="Orders by day, before and after")
        ).to_be_visible()

    def test_today_names_it(self, owner: Visitor) -> None:
        owner.open(f"/today?shop={ROD}")
        expect(owner.page.get_by_role("status").first).to_contain_text("Late Meta conversions.")
        owner.picture("today-backfilling")
        assert owner.axe_violations() == []
        owner.page.get_by_role("link", name="See the backfill").click()
        expect(owner.page.get_by_text("62% is done.")).to_be_visible()
