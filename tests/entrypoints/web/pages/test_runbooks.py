"""Runbooks as pages: every link of theirs leads somewhere, and nothing in them is taken for HTML."""

import re

import pytest

from hotdash.base.paths import runbooks_folder
from hotdash.entrypoints.web.middleware import SECURITY_HEADERS
from hotdash.entrypoints.web.runbook_html import as_html, title_of
from hotdash.entrypoints.web.runbook_names import HOME, INDEX, address_of, runbooks
from tests.fixtures.storefront import OWNER
from tests.fixtures.web import Web

NAMES = sorted(
    path.relative_to(runbooks_folder()).with_suffix("").as_posix()
    for path in runbooks_folder().rglob("*.md")
    if path.name != "README.md"
)


def test_every_runbook_has_a_title_and_links_among_them_lead_somewhere() -> None:
    for name in [INDEX, *NAMES]:
        text = runbooks()[name].read_text()
        assert title_of(text), name
        html = as_html(name, text)
        targets = re.findall(r'href="([^"]*)"', html)
        assert [each for each in targets if not each.startswith(HOME)] == [], name
        named = [each.removeprefix(HOME).partition("#")[0] or INDEX for each in targets]
        assert [each for each in named if each not in runbooks()] == [], name


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](https://elsewhere.example)",
        "![x](https://elsewhere.example/pixel.gif)",
        "<img src=x onerror=alert(1)>",
        '[x](freshness.md "t" onmouseover="y")',
        "[x](../../../etc/passwd.md)",
    ],
)
def test_nothing_in_them_is_html_and_no_link_leaves_them(text: str) -> None:
    html = as_html("key", f"# T\n\n{text}\n")
    assert not re.search(r"<(script|img)|<[^>]*(javascript:|onmouseover)", html)
    assert "elsewhere.example" not in re.sub(r">[^<]*<", "><", html)
    assert re.findall(r'href="(?!/runbooks/)', html) == []


def test_a_link_of_a_check_leads_out_of_its_folder() -> None:
    html = as_html("checks/order_ids_are_unique", "[x](../roll-back.md)")
    assert '<a href="/runbooks/roll-back">x</a>' in html


@pytest.mark.parametrize(
    ("alert", "address"),
    [
        ("order_ids_are_unique", "/runbooks/checks/order_ids_are_unique"),
        ("revenue_day_below_zero", "/runbooks/warnings#revenue_day_below_zero"),
        ("freshness_hard_shopify", "/runbooks/freshness"),
        ("key_of_meta_ads_accepted", "/runbooks/key"),
        ("schema_drift_shopify_orders_type_total", "/runbooks/drift"),
        ("staged_rows_equal_candidate", "/runbooks/parity"),
        ("served_rows_equal_manifest", "/runbooks/parity"),
        ("volume_anomaly_orders", "/runbooks/volume"),
        ("revenue_rose_fivefold", "/runbooks/volume"),
        ("aov_within_two_sigma", "/runbooks/volume"),
        ("jobs", "/runbooks/jobs"),
        ("job", "/runbooks/jobs"),
        ("backfill", "/runbooks/backfill"),
        ("weekly-digest", "/runbooks/weekly-digest"),
        ("alerts", "/runbooks/alerts"),
        ("", "/runbooks/"),
        ("none_such", None),
        ("..", None),
    ],
)
def test_every_alert_leads_to_its_page(alert: str, address: str | None) -> None:
    assert address_of(alert) == address


def test_a_name_leads_to_its_place_on_the_page() -> None:
    html = as_html("warnings", "## revenue_day_below_zero\n\n### What it means\n")
    assert '<h2 id="revenue_day_below_zero">' in html
    assert "<h3>What it means" in html


class TestPage:
    def test_it_is_shown_with_its_parts(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        answer = shown_web.client.get("/runbooks/checks/order_ids_are_unique")
        assert answer.status_code == 200
        assert '<h1 id="order_ids_are_unique">' in answer.text
        assert answer.text.count("<h2>") == 4
        assert (
            answer.headers["content-security-policy"]
            == (SECURITY_HEADERS["content-security-policy"])
        )
        assert "style=" not in answer.text

    def test_an_alerts_link_leads_there(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        answer = shown_web.client.get("/runbooks/freshness_hard_shopify", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/runbooks/freshness")

    def test_the_index_lists_all(self, shown_web: Web) -> None:
        shown_web.sign_in(OWNER)
        page = shown_web.client.get("/runbooks/").text
        assert [name for name in NAMES if f'href="/runbooks/{name}"' not in page] == []

    @pytest.mark.parametrize(
        "name", ["none", "../README", "%2e%2e/architecture", "checks", "x" * 400]
    )
    def test_what_is_none_is_not_found(self, shown_web: Web, name: str) -> None:
        shown_web.sign_in(OWNER)
        assert shown_web.client.get(f"/runbooks/{name}").status_code == 404
