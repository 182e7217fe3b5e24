"""The archive and a week of it as a person meets them, in our frame and as the document alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotdash.jobs.weekly_packet import keep_week
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import Form, packet_file
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.browser import DESKTOP, PHONE, Served, Visitor, serving
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import OWNER, ROD, VIEWER, copied
from tests.journeys.conftest import come_in

pytestmark = pytest.mark.browser
WEEKS = ("2026-W45", "2026-W46")
PAGES = {"archive": f"/packets?shop={ROD}", "packet": f"/packets/2026-W46?shop={ROD}"}


@pytest.fixture(scope="module")
def archive(
    storefront_template: str,
    template_urls: DatabaseUrls,
    tmp_path_factory: pytest.TempPathFactory,
    web_home: Path,
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("packets")
    with copied(template_urls, storefront_template, folder) as storefront:
        storefront.fill()
        with serving(storefront, web_home) as served:
            with storefront.database.jobs() as session:
                shop = next(each for each in list_shops(session) if each.shop_id == ROD)
            for week in WEEKS:
                keep_week(
                    *(storefront.database, storefront.clock, shop, Week.parse(week)),
                    served.base_url,
                )
            yield served


@pytest.mark.parametrize("name", PAGES)
def test_looks(visitor: Visitor, archive: Served, name: str) -> None:
    owner = come_in(visitor, archive, OWNER)
    for theme in ("light", "dark"):
        owner.page.set_viewport_size(DESKTOP)
        owner.page.emulate_media(color_scheme=theme)
        owner.open(PAGES[name])
        owner.picture(f"packets-{name}-{theme}")
        assert owner.axe_violations() == []
        assert owner.sideways() == 0
    owner.page.set_viewport_size(PHONE)
    for theme in ("light", "dark"):
        owner.page.emulate_media(color_scheme=theme)
        owner.picture(f"packets-{name}-{theme}-phone")
        assert owner.sideways() == 0
    for summary in owner.page.locator("main details summary").all():
        summary.click()
    assert owner.sideways() == 0
    assert owner.axe_violations() == []


def test_the_document_alone(visitor: Visitor, archive: Served, tmp_path: Path) -> None:
    with archive.storefront.database.jobs() as session:
        document = packet_file(session, ROD, "2026-W46", Form.HTML)
    file = tmp_path / "packet.html"
    file.write_bytes(document)
    visitor.page.goto(f"file://{file}")
    visitor.picture("packets-alone")
    assert visitor.axe_violations() == []
    visitor.page.set_viewport_size(PHONE)
    visitor.picture("packets-alone-phone")
    assert visitor.sideways() == 0


def test_a_viewer_goes_from_the_archive_to_a_week_and_saves_it(
    visitor: Visitor, archive: Served
) -> None:
    viewer, page = come_in(visitor, archive, VIEWER), visitor.page
    viewer.open(f"/today?shop={ROD}")
    page.get_by_role("link", name="Packets", exact=True).press("Enter")
    page.wait_for_url("**/packets?*")
    page.get_by_role("link", name="2026-W46", exact=True).press("Enter")
    page.wait_for_url("**/packets/2026-W46?*")
    with page.expect_download() as saved:
        page.get_by_role("link", name="PDF", exact=True).press("Enter")
    assert saved.value.suggested_filename == "packet-hot-rod-an-2026-W46.pdf"
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="2026-W45").press("Enter")
    page.wait_for_url("**/packets/2026-W45?*")
