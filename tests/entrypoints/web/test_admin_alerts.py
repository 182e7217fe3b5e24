"""Alert rules by page: what is shown is what would be told; what is changed holds for one's own shop alone."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.base.roles import Permission, Role, may
from hotdash.notifications.rules_file import DEFAULT_RULES, RULES_FILE, parse_rules
from tests.fixtures.alerts import file_desk
from tests.fixtures.pages import table_of
from tests.fixtures.storefront import KYOTO, OWNER, ROD, STRANGER
from tests.fixtures.web import Web, admin_page, web_in_front_of


@pytest.fixture
def owner(web: Web) -> Web:
    web.sign_in(OWNER)
    return web


class TestAlertRules:
    @pytest.fixture
    def home(self, owner: Web) -> Path:
        owner.context.home.mkdir(parents=True, exist_ok=True)
        return owner.context.home

    def test_the_defaults_and_where_the_file_would_be(self, owner: Web) -> None:
        html = admin_page(owner, "/alerts")
        assert "the default rules" in html
        assert RULES_FILE in html
        assert "analytics-incidents" in html
        assert "not connected" in html

    def test_only_routes_that_mean_this_shop(self, owner: Web, home: Path) -> None:
        rules = DEFAULT_RULES.read_text().replace(
            "  - to: [file]", f"  - shops: [{KYOTO}]\n    to: [of-kyoto]\n  - to: [file]"
        )
        (home / RULES_FILE).write_text(rules)
        html = admin_page(owner, "/alerts")
        assert "the installation's own rules" in unescape(html)
        assert "of-kyoto" not in html
        assert KYOTO not in html
        owner.sign_in(STRANGER)
        assert "of-kyoto" in admin_page(owner, "/alerts", shop=KYOTO)

    def test_a_slip_is_told_with_its_line(self, owner: Web, home: Path) -> None:
        (home / RULES_FILE).write_text("timezone: UTC\nroots: []\n")
        html = admin_page(owner, "/alerts")
        assert "alerts.yml, line 2" in html
        assert "the default rules hold" in html

    def test_a_shop_that_no_rule_means(self, owner: Web, home: Path) -> None:
        (home / RULES_FILE).write_text(f"routes:\n  - shops: [{KYOTO}]\n    to: [file]\n")
        assert "No rule tells anybody about this shop." in admin_page(owner, "/alerts")


class TestChangingAlertRules:
    @pytest.fixture
    def told(self, owner: Web, tmp_path: Path) -> Web:
        desk = file_desk(
            owner.storefront.database, owner.storefront.clock, tmp_path / "out" / "told"
        )
        web = web_in_front_of(owner.storefront, tmp_path / "home", open_alerts=lambda: desk)
        web.sign_in(OWNER)
        return web

    def change(self, web: Web, what: str, shop: str = ROD, **fields: Any) -> httpx.Response:
        return web.form(f"/admin/alerts/{what}", {"shop": shop, "reason": "We sleep."} | fields)

    def first_key(self, web: Web) -> str:
        return re.findall(r'name="key" value="(\w+)"', admin_page(web, "/alerts"))[0]

    def test_a_rule_switched_off_and_the_file_again(self, owner: Web) -> None:
        key = self.first_key(owner)
        fields = {"key": key, "severity": "blocking", "subject": "check", "to": "file"}
        done = self.change(owner, "route", **fields, off="yes")
        assert done.status_code == 303
        html = owner.client.get(done.headers["location"]).text
        assert table_of(html)[1] == [
            *("Blocking", "checks", "every check", "file (a file of the installation)"),
            *("never", "Off: it tells nobody"),
        ]
        assert "Ada Rodriguez: We sleep." in html
        assert self.change(owner, "route", **fields).status_code == 409
        assert self.change(owner, "file").status_code == 303
        assert "the default rules" in admin_page(owner, "/alerts")

    def test_hours_and_clocks_of_one_shop(self, owner: Web) -> None:
        fields = {
            "timezone": "America/Los_Angeles",
            "quiet_from": "22:00",
            "quiet_until": "06:30",
            "office_from": "10:00",
            "office_until": "19:00",
            "answer": "15m",
            "mend": "4h",
        }
        assert self.change(owner, "hours", **fields).status_code == 303
        html = admin_page(owner, "/alerts")
        for told in ("America/Los_Angeles", "22:00 – 06:30", "10:00 – 19:00", "15m", "4h 00m"):
            assert f"<dd>{told}" in html or told in html
        owner.sign_in(STRANGER)
        assert "22:00 – 06:30" not in admin_page(owner, "/alerts", shop=KYOTO)
        owner.sign_in(OWNER)
        for wrong, words in (
            ({"answer": "soon"}, "Write it like 30m, 2h or 1d."),
            ({"quiet_from": "06:30"}, "the same time"),
            ({"office_until": "09:00"}, "put until after from"),
            ({"timezone": "Mars"}, "America/Los_Angeles"),
        ):
            answer = self.change(owner, "hours", **fields | wrong)
            assert answer.status_code == 400
            assert words in answer.text

    def test_one_more_rule_needs_somewhere_to_go(self, owner: Web) -> None:
        refused = self.change(owner, "route", severity="warning", subject="job")
        assert refused.status_code == 400
        assert "to tell nobody, switch the rule off" in refused.text
        before = len(table_of(admin_page(owner, "/alerts")))
        self.change(owner, "route", severity="warning", subject="job", to="file")
        assert len(table_of(admin_page(owner, "/alerts"))) == before + 1

    def test_a_test_message_is_told_as_it_went(self, told: Web, tmp_path: Path) -> None:
        answer = self.change(told, "test", channel="file")
        assert (answer.status_code, "file took the message." in answer.text) == (200, True)
        out = tmp_path / "out" / "told"
        assert len(out.read_text().splitlines()) == 1
        again = self.change(told, "test", channel="file")
        assert (again.status_code, "less than a minute ago" in again.text) == (409, True)
        assert len(out.read_text().splitlines()) == 1
        told.storefront.clock.advance(timedelta(minutes=1))
        out.unlink()
        out.parent.rmdir()
        out.parent.write_text("in the way")
        refused = self.change(told, "test", channel="file")
        assert refused.status_code == 503
        assert "cannot be written" in refused.text
        assert self.change(told, "test", channel="nobody").status_code == 404

    def test_what_is_kept_for_other_shops_is_neither_shown_tried_nor_told(
        self, told: Web, tmp_path: Path
    ) -> None:
        routes = f"routes: [{{to: [file]}}, {{shops: [{KYOTO}], to: [of-kyoto]}}]\n"
        (tmp_path / "home" / RULES_FILE).write_text(routes)
        desk = file_desk(told.storefront.database, told.storefront.clock, tmp_path / "told")
        theirs = replace(
            desk,
            rules=parse_rules(routes),
            channels={**desk.channels, "of-kyoto": desk.channels["file"]},
        )
        web = web_in_front_of(told.storefront, tmp_path / "home", open_alerts=lambda: theirs)
        web.sign_in(OWNER)
        assert self.change(web, "test", channel="of-kyoto").status_code == 404
        assert not (tmp_path / "told").exists()
        fields = {"severity": "blocking", "subject": "check", "to": "of-kyoto"}
        refused = self.change(web, "route", **fields)
        assert (refused.status_code, "is not this shop" in refused.text) == (400, True)
        assert "of-kyoto" not in admin_page(web, "/alerts")
        assert self.change(web, "route", **fields | {"to": "file"}).status_code == 303

    @pytest.mark.parametrize("role", Role)
    def test_who_may(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        may_change = may(role, Permission.SET_ALERT_RULES)
        assert may_change == (role in (Role.OWNER, Role.ENGINEER))
        for what in ("route", "hours", "file", "test"):
            assert (self.change(web, what).status_code == 403) != may_change
        if may(role, Permission.HANDLE_ALERTS):
            assert ("Change it" in admin_page(web, "/alerts")) == may_change
