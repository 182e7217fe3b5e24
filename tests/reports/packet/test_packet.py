"""A week of the real storefront as a packet, and the documents made of it."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import nbformat
import orjson
import pytest
from markdown_it import MarkdownIt
from nbclient import NotebookClient

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.base.errors import ConflictError
from hotdash.jobs.keep_analysis import analyze_logs
from hotdash.reports.packet.contract import Anomaly, Level, Packet, Sentence
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.render.html import html_of
from hotdash.reports.packet.render.notebook import notebook_of
from hotdash.reports.packet.render.pdf import pdf_of
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.alerts import NewAlert, note_once
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.storefront import KYOTO, NOW, ROD, Storefront, history
from tests.fixtures.sync_log import write_lines

WEEK = Week.parse("2026-W46")


def packet_of(storefront: Storefront, shop_id: str = ROD, week: Week = WEEK) -> Packet:
    with storefront.database.snapshot() as session:
        shop = next(each for each in list_shops(session) if each.shop_id == shop_id)
        return make_packet(session, shop, week, week.is_sent_at(shop.timezone), "http://shop.test")


@pytest.fixture(scope="module")
def shown(shown_storefront: Storefront) -> Packet:
    return packet_of(shown_storefront)


def net_of(week: Week, shop_id: str = ROD) -> Decimal:
    """The ledger's own sum, apart from every query."""
    return sum(
        (
            row["gross_sales"] - row["discounts"] - row["refunds"]
            for row in history(shop_id)["fct_revenue"]
            if row["day"] in week.window
        ),
        Decimal(0),
    )


def test_revenue_is_the_ledgers(shown: Packet) -> None:
    revenue = shown.trend("revenue")
    assert (revenue.value, revenue.previous) == (net_of(WEEK), net_of(WEEK.before(1)))
    assert revenue.year_before is None


@pytest.mark.parametrize("shop_id", [ROD, KYOTO])
def test_every_breakdown_adds_up(shown_storefront: Storefront, shop_id: str) -> None:
    packet = packet_of(shown_storefront, shop_id)
    told = [each for each in packet.changes if each.why is None]
    assert {each.name for each in told} >= {"orders-and-value", "segment", "value-by-segment"}
    for each in told:
        assert sum((driver.change for driver in each.drivers), Decimal(0)) == each.change
    assert packet.breakdown("segment").change == net_of(WEEK, shop_id) - net_of(
        WEEK.before(1), shop_id
    )


def test_a_part_that_was_not_known_in_both_weeks_is_not_compared(storefront: Storefront) -> None:
    """Visits and products of the storefront are known from Saturday, 7 November, on."""
    storefront.fill()
    packet = packet_of(storefront)
    for name in ("channel", "product", "roas-by-platform"):
        each = packet.breakdown(name)
        assert each.why == "No comparison: known only from 7 Nov 2026 on.", name
        assert each.drivers == ()
    assert packet.breakdown("segment").why is None
    reasons = [
        told
        for trend in packet.trends
        for told in (trend.why, trend.why_no_previous, trend.why_no_year)
        if told
    ]
    assert "No source of it has been connected and read." in reasons
    assert not [told for told in reasons if "fct_" in told or ROD in told]
    assert [each.title for each in packet.health.sources] == [
        *("Chatwoot", "Google Analytics", "Shopify"),
    ]


def test_a_note_about_a_backfill_names_nobody_in_it(storefront: Storefront) -> None:
    storefront.fill()
    said = "Backfill of 3 days: sums were off. Asked by cli:ann."
    note = NewAlert(ROD, "backfill b1", "info", said, "", "data", kind="backfill")
    with storefront.database.jobs() as session:
        note_once(session, [note], WEEK.begins_at("America/Los_Angeles") + timedelta(days=2))
    packet = packet_of(storefront)
    for made in (Packet.as_json(packet), html_of(packet), notebook_of(packet)):
        assert b"cli:ann" not in made


def test_every_sentence_leads_to_its_query(shown: Packet) -> None:
    for each in [*shown.headline, *shown.risks]:
        query = shown.query(each.query)
        assert query.url or query.statements, each


def test_the_same_week_is_the_same_bytes(shown: Packet, shown_storefront: Storefront) -> None:
    again = packet_of(shown_storefront)
    for made in (Packet.as_json, html_of, pdf_of):
        assert made(again) == made(shown)
    pdf = pdf_of(shown)
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf


def told_by_the_analyzer(storefront: Storefront, folder: Path) -> None:
    """A quarter of an hour of the week in which the project refused the shop, and a log of it."""
    began = datetime(2026, 11, 10, 18, tzinfo=UTC)
    log = folder / "log.ndjson"
    line = {"id": "", "shop_id": ROD, "scope": "ops", "rows": 1}
    write_lines(
        log,
        (
            line
            | {
                "id": str(nth),
                "job_run_id": f"run-{nth % 2}",
                "attempt": attempt,
                "status": status,
                "http_status": http_status,
            }
            | {"at": iso_utc(began + timedelta(seconds=5 * nth + 901 * (attempt - 1)))}
            for attempt, status, http_status in ((1, "retry", 429), (2, "ok", 201))
            for nth in range(180)
        ),
    )
    analyze_logs([log], folder, keeping=(storefront.database, FixedClock(NOW)))


def test_a_planted_window_is_told_and_the_week_is_the_same_bytes(
    storefront: Storefront, tmp_path: Path
) -> None:
    assert packet_of(storefront).sync is None
    told_by_the_analyzer(storefront, tmp_path)
    packet, again = packet_of(storefront), packet_of(storefront)
    delivered = packet.sync
    assert delivered is not None
    assert [each.text for each in delivered.sentences] == [
        "supabase refused calls of this shop from 10 Nov 2026 10:00 to 10 Nov 2026 10:14: "
        "180 of 180.",
        "Runs that went on after failures: 2, most often HTTP 429. Rows that arrived in them: 180.",
    ]
    [window] = orjson.loads(packet.as_json())["sync"]["windows"]
    assert (window["key"], window["refused"]) == (ROD, 180)
    assert "supabase refused calls of this shop" in html_of(packet).decode()
    assert packet.query(delivered.query).statements
    for made in (Packet.as_json, html_of, pdf_of, notebook_of):
        assert made(again) == made(packet)
    assert packet_of(storefront, week=WEEK.before(1)).sync is None


def test_html_has_no_script_and_no_style_attribute(shown: Packet) -> None:
    html = html_of(shown).decode()
    assert "<script" not in html
    assert " style=" not in html
    assert html.count("<h1>") == 1
    assert "<h1>Hot Rod An, week 2026-W46</h1>" in html


def test_a_blocked_mart_says_so_instead_of_numbers(storefront: Storefront) -> None:
    storefront.block()
    packet = packet_of(storefront)
    revenue = packet.trend("revenue")
    assert revenue.value is None
    assert "Shopify counts 412 orders" in (revenue.why or "")
    assert not packet.days
    assert packet.forecast.value is None
    assert all(each.why for each in packet.changes)


def test_the_first_week_and_a_week_without_data(shown_storefront: Storefront) -> None:
    first = packet_of(shown_storefront, week=Week.of(date(2026, 4, 20)))
    assert first.trend("revenue").value == net_of(Week.of(date(2026, 4, 20)))
    assert first.trend("revenue").previous is None
    assert first.forecast.value is None
    assert first.breakdown("segment").why
    before = packet_of(shown_storefront, week=Week.of(date(2026, 3, 2)))
    assert before.trend("revenue").value is None
    assert "cannot be told" in before.headline[0].text
    assert pdf_of(before)
    assert html_of(before)


def test_a_week_that_is_not_over_is_refused(shown_storefront: Storefront) -> None:
    with shown_storefront.database.snapshot() as session:
        shop = next(each for each in list_shops(session) if each.shop_id == ROD)
        with pytest.raises(ConflictError, match="2026-W47 of hot-rod-an is not over"):
            make_packet(session, shop, Week.parse("2026-W47"), NOW, "http://shop.test")


def test_a_week_with_a_change_of_clocks_is_seven_days_and_169_hours() -> None:
    week = Week.of(date(2026, 11, 1))
    assert (week.name, week.monday, week.sunday) == (
        *("2026-W44", date(2026, 10, 26)),
        date(2026, 11, 1),
    )
    hours = week.ends_at("America/Los_Angeles") - week.begins_at("America/Los_Angeles")
    assert hours.total_seconds() == 169 * 3600
    assert week.is_sent_at("America/Los_Angeles") == datetime(2026, 11, 2, 15, tzinfo=UTC)


def test_the_notebook_runs_from_top_to_bottom(
    storefront: Storefront, monkeypatch: pytest.MonkeyPatch
) -> None:
    storefront.fill()
    packet = packet_of(storefront)
    document = notebook_of(packet)
    assert document == notebook_of(packet_of(storefront))
    monkeypatch.setenv("HOTDASH_DATABASE_URL", storefront.database.direct_uri)
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    notebook = nbformat.reads(document.decode(), as_version=4)
    nbformat.validate(notebook)
    done = NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    printed = done.cells[-1].outputs[0]["text"]
    change = packet.breakdown("segment").change
    assert f"Revenue by customer segment {change} = " in printed


EVIL = '<script>x()</script> <img src=x onerror=x()> [a](http://evil.test) `$x$` #link("y")'


def test_names_are_shown_and_never_read_as_markup(shown: Packet) -> None:
    named = replace(
        shown,
        shop_name=EVIL,
        headline=(Sentence(EVIL, shown.headline[0].query), *shown.headline),
        anomalies=(Anomaly(Level.ACT, EVIL, EVIL, shown.headline[0].query),),
        changes=tuple(
            replace(each, drivers=tuple(replace(driver, name=EVIL) for driver in each.drivers))
            for each in shown.changes
        ),
    )
    html = html_of(named).decode()
    assert "<script" not in html
    assert "<img" not in html
    told = [
        cell["source"]
        for cell in nbformat.reads(notebook_of(named).decode(), as_version=4).cells
        if cell["cell_type"] == "markdown"
    ]
    rendered = MarkdownIt("commonmark").render("\n\n".join(told))
    assert "<script" not in rendered
    assert "<img" not in rendered
    assert 'http://evil.test">' not in rendered
    assert pdf_of(named).startswith(b"%PDF")


def test_before_it_is_due_every_moment_makes_the_same() -> None:
    zone = "America/Los_Angeles"
    ends, due = WEEK.ends_at(zone), WEEK.is_sent_at(zone)
    second = timedelta(seconds=1)
    assert {WEEK.known_until(zone, at) for at in (ends, ends + second, due - second)} == {ends}
    assert {WEEK.known_until(zone, at) for at in (due, due + timedelta(days=9))} == {due}
    assert WEEK.known_until(zone, ends - second) == ends - second, "which is refused: not over"


_DIGESTS = """
import hashlib, sys
from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.render.html import html_of
from hotdash.reports.packet.render.notebook import notebook_of
from hotdash.reports.packet.render.pdf import pdf_of
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

database, week = Database(sys.argv[1]), Week.parse("2026-W46")
with database.snapshot() as session:
    shop = next(each for each in list_shops(session) if each.shop_id == "hot-rod-an")
    made = make_packet(session, shop, week, week.is_sent_at(shop.timezone), "http://shop.test")
database.dispose()
for form in (Packet.as_json, html_of, pdf_of, notebook_of):
    print(hashlib.sha256(form(made)).hexdigest())
"""


_HERE: dict[str, str] = {"PYTHONHASHSEED": "1", "TZ": "UTC", "PGTZ": "UTC", "LC_ALL": "C.UTF-8"}
_THERE = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Pacific/Auckland",
    "PGTZ": "Asia/Tokyo",
    "LC_ALL": "tr_TR.UTF-8",
}


def test_two_processes_in_different_surroundings_write_the_same_bytes(
    storefront: Storefront,
) -> None:
    storefront.fill()
    told = [
        subprocess.run(
            [sys.executable, "-c", _DIGESTS, storefront.database.direct_uri],
            env={**os.environ, **surroundings},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for surroundings in (_HERE, _THERE)
    ]
    assert told[0] == told[1]
    assert len(told[0].split()) == 4
