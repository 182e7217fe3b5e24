"""Admin: what each section shows is what the engines hold; what it does, they do; whoever may not is told so."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotdash.base.roles import MATRIX, SCOPES, Permission, Role, may
from hotdash.entrypoints.web.pages.admin.policies import TITLES
from hotdash.entrypoints.web.pages.admin.roles import SENTENCES
from hotdash.entrypoints.web.pages.admin.sections import SECTIONS
from hotdash.insights.metrics.registry import registry
from hotdash.notifications.rules_file import DEFAULT_RULES, RULES_FILE, parse_rules
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.alerts import file_desk
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web, web_in_front_of


def page(web: Web, section: str = "", shop: str = ROD, status: int = 200, **asked: str) -> str:
    answer = web.client.get(f"/admin{section}", params={"shop": shop} | asked)
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.fixture
def owner(web: Web) -> Web:
    web.sign_in(OWNER)
    return web


@pytest.fixture
def shown(shown_web: Web) -> Web:
    shown_web.sign_in(OWNER)
    return shown_web


class TestSections:
    @pytest.mark.parametrize("role", Role)
    def test_each_role_finds_what_it_may_open_and_no_more(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        links = links_of(page(web))
        assert ("Admin" in links) == may(role, Permission.MAKE_TOKENS)
        for section in SECTIONS:
            assert (section.title in links) == may(role, section.needs), section
            answer = web.client.get(f"{section.path}?shop={ROD}")
            assert answer.status_code == (200 if may(role, section.needs) else 403), section

    def test_the_shop_is_kept_from_section_to_section(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        links = links_of(page(shown_web, shop=KYOTO))
        assert links["API tokens"] == f"/admin/tokens?shop={KYOTO}"
        assert "Credentials" not in links


class TestShops:
    def test_what_they_are_and_how_they_stand(self, shown: Web) -> None:
        head, row = table_of(page(shown))
        told = dict(zip(head, row, strict=True))
        assert told["Timezone"] == "America/Los_Angeles"
        assert (told["Currency"], told["Your role"]) == ("USD", "Owner")
        assert told["State"] == "Published 20 Nov, 11:12"
        assert told["Connected"] == "none connected"

    def test_only_ones_own(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        assert len(table_of(page(shown_web))) == 3
        shown_web.sign_in(STRANGER)
        assert len(table_of(page(shown_web, shop=KYOTO))) == 2

    def test_blocked_held_and_not_yet(self, owner: Web) -> None:
        owner.storefront.block()
        assert "2 marts are kept back by a check." in page(owner)
        owner.storefront.unpublish()
        assert "Nothing published yet" in page(owner)


class TestRoles:
    def test_the_matrix_word_for_word(self, shown: Web) -> None:
        head, *rows = table_of(page(shown, "/roles"))
        assert head == ["May", *(role.value.capitalize() for role in Role)]
        assert set(SENTENCES) == set(Permission)
        for row, (permission, allowed) in zip(rows, MATRIX.items(), strict=True):
            assert row[0] == f"{SENTENCES[permission]} {permission.value}"
            assert row[1:] == ["yes" if role in allowed else "–" for role in Role]


def make(web: Web, **fields: Any) -> httpx.Response:
    told = {"shop": ROD, "name": "nightly export", "scope": ["see_metrics"], "days": "30"}
    return web.form("/admin/tokens", told | fields)


class TestTokens:
    def test_shown_once_and_good_for_what_was_said(self, owner: Web) -> None:
        made = make(owner)
        assert made.headers["cache-control"] == "no-store"
        [secret] = re.findall(r"data-once>(hotdash_[^<]+)<", made.text)
        again = page(owner, "/tokens")
        assert secret not in again
        _, row = table_of(again)
        assert row[:4] == ["nightly export", "Open", "Ada Rodriguez", "see_metrics"]
        assert row[5:] == ["20 Dec 2026", "never"]
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 200
        assert owner.client.get(f"/api/v1/access/report?shop={ROD}").status_code == 403

    def test_revoked_at_once(self, owner: Web) -> None:
        [secret] = re.findall(r"data-once>(hotdash_[^<]+)<", make(owner).text)
        [token] = re.findall(r'name="token" value="([^"]+)"', page(owner, "/tokens"))
        done = owner.form("/admin/tokens/revoke", {"shop": ROD, "token": token})
        assert done.status_code == 303
        shown = owner.client.get(done.headers["location"]).text
        assert table_of(shown)[1][1] == "Revoked"
        assert "No token opens this shop." in page(owner, "/tokens")
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 401

    def test_which_ones_are_seen_and_ended(self, owner: Web) -> None:
        analyst = owner.storefront.add_person(Role.ANALYST)
        owner.storefront.token_of(analyst)
        owner.storefront.token_of(OWNER)
        assert len(table_of(page(owner, "/tokens"))) == 3
        tokens = re.findall(r'name="token" value="([^"]+)"', page(owner, "/tokens"))
        owner.sign_in(analyst)
        [mine] = re.findall(r'name="token" value="([^"]+)"', page(owner, "/tokens"))
        [not_mine] = set(tokens) - {mine}
        refused = owner.form("/admin/tokens/revoke", {"shop": ROD, "token": not_mine})
        assert refused.status_code == 404

    def test_what_ends_soon_says_so(self, owner: Web) -> None:
        owner.storefront.token_of(OWNER, days=14)
        assert table_of(page(owner, "/tokens"))[1][1] == "Ends soon"

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.ENGINEER, Role.MANAGER])
    def test_only_scopes_of_ones_own_role_are_offered(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        offered = set(re.findall(r'name="scope" value="(\w+)"', page(web, "/tokens")))
        assert offered == {each.value for each in SCOPES if may(role, each)}
        refused = {each.value for each in SCOPES} - offered
        for scope in refused:
            assert make(web, scope=[scope]).status_code == 403

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"days": "0"}, "0 days"),
            ({"days": "367"}, "367 days"),
            ({"scope": []}, "at least one scope"),
            ({"scope": ["manage_shop"]}, "No token may be good for manage_shop"),
            ({"scope": ["all"]}, "is no scope"),
            ({"name": " "}, "needs a name"),
        ],
    )
    def test_refused(self, owner: Web, fields: dict[str, Any], field: str) -> None:
        answer = make(owner, **fields)
        assert answer.status_code in (400, 422)
        assert field in answer.text
        assert "data-once" not in answer.text


class TestPolicies:
    def decide(self, web: Web, **fields: str) -> httpx.Response:
        told = {"policy": "include_taxes", "value": "true", "from": "2026-11-01"}
        return web.form("/admin/policies", {"shop": ROD, "reason": "We plan so."} | told | fields)

    def test_every_switch_of_the_registry_and_its_default(self, shown: Web) -> None:
        html = unescape(page(shown, "/policies"))
        assert set(TITLES) == set(registry().switches())
        reasons = {
            name: {each.reason for m in registry() for each in m.policy if each.switch == name}
            for name in TITLES
        }
        for name, title in TITLES.items():
            assert f'id="policy-{name}"' in html
            assert title in html
            assert any(reason in html for reason in reasons[name])

    def test_decided_from_a_day_on_with_a_reason(self, owner: Web) -> None:
        assert self.decide(owner).status_code == 303
        html = page(owner, "/policies")
        assert "since 1 Nov 2026, by Ada Rodriguez" in html
        assert "We plan so." in html
        with owner.storefront.database.jobs() as session:
            [decision] = list_decisions(session, ROD)
        assert (decision.action, decision.subject) == ("metrics.policy.decide", "include_taxes")
        assert decision.rationale == "We plan so."
        assert decision.detail["shown"]["before"] == "false"

    def test_from_a_day_to_come(self, owner: Web) -> None:
        self.decide(owner, **{"from": "2027-01-01"})
        html = page(owner, "/policies")
        assert "Comes: yes from 1 Jan 2027" in html
        assert "since 1 Jan 2027" not in html

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"policy": "no_such"}, "No metric asks about"),
            ({"value": "perhaps"}, "cannot be"),
            ({"from": "yesterday"}, "is no day"),
            ({"reason": " "}, "needs its rationale"),
            ({"reason": "x" * 2001}, "2,001 characters"),
        ],
    )
    def test_refused(self, owner: Web, fields: dict[str, str], told: str) -> None:
        answer = self.decide(owner, **fields)
        assert answer.status_code in (400, 422)
        assert told in answer.text
        with owner.storefront.database.jobs() as session:
            assert list_decisions(session, ROD) == []

    def test_tried_out_before(self, shown: Web) -> None:
        html = page(shown, "/policies", policy="include_taxes", value="true")
        head, *months = table_of(html, "data-trial")
        assert head == ["Month", "As decided", "Had it been so", "Change"]
        assert months
        assert "nothing is decided by looking" in html
        page(shown, "/policies", status=400, policy="include_taxes", value="maybe")

    def test_whoever_may_not_decides_nothing(self, web: Web) -> None:
        web.sign_in(web.storefront.add_person(Role.ANALYST))
        assert "Decide it" not in page(web, "/policies")
        assert self.decide(web).status_code == 403


class TestAlertRules:
    @pytest.fixture
    def home(self, owner: Web) -> Path:
        owner.context.home.mkdir(parents=True, exist_ok=True)
        return owner.context.home

    def test_the_defaults_and_where_the_file_would_be(self, shown: Web) -> None:
        html = page(shown, "/alerts")
        assert "the default rules" in html
        assert RULES_FILE in html
        assert "analytics-incidents" in html
        assert "not connected" in html

    def test_only_routes_that_mean_this_shop(self, owner: Web, home: Path) -> None:
        rules = DEFAULT_RULES.read_text().replace(
            "  - to: [file]", f"  - shops: [{KYOTO}]\n    to: [of-kyoto]\n  - to: [file]"
        )
        (home / RULES_FILE).write_text(rules)
        html = page(owner, "/alerts")
        assert "the installation's own rules" in unescape(html)
        assert "of-kyoto" not in html
        assert KYOTO not in html
        owner.sign_in(STRANGER)
        assert "of-kyoto" in page(owner, "/alerts", shop=KYOTO)

    def test_a_slip_is_told_with_its_line(self, owner: Web, home: Path) -> None:
        (home / RULES_FILE).write_text("timezone: UTC\nroots: []\n")
        html = page(owner, "/alerts")
        assert "alerts.yml, line 2" in html
        assert "the default rules hold" in html

    def test_a_shop_that_no_rule_means(self, owner: Web, home: Path) -> None:
        (home / RULES_FILE).write_text(f"routes:\n  - shops: [{KYOTO}]\n    to: [file]\n")
        assert "No rule tells anybody about this shop." in page(owner, "/alerts")


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
        return re.findall(r'name="key" value="(\w+)"', page(web, "/alerts"))[0]

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
        assert "the default rules" in page(owner, "/alerts")

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
        html = page(owner, "/alerts")
        for told in ("America/Los_Angeles", "22:00 – 06:30", "10:00 – 19:00", "15m", "4h 00m"):
            assert f"<dd>{told}" in html or told in html
        owner.sign_in(STRANGER)
        assert "22:00 – 06:30" not in page(owner, "/alerts", shop=KYOTO)
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
        before = len(table_of(page(owner, "/alerts")))
        self.change(owner, "route", severity="warning", subject="job", to="file")
        assert len(table_of(page(owner, "/alerts"))) == before + 1

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
        assert "of-kyoto" not in page(web, "/alerts")
        assert self.change(web, "route", **fields | {"to": "file"}).status_code == 303

    @pytest.mark.parametrize("role", Role)
    def test_who_may(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        may_change = may(role, Permission.SET_ALERT_RULES)
        assert may_change == (role in (Role.OWNER, Role.ENGINEER))
        for what in ("route", "hours", "file", "test"):
            assert (self.change(web, what).status_code == 403) != may_change
        if may(role, Permission.HANDLE_ALERTS):
            assert ("Change it" in page(web, "/alerts")) == may_change


class TestAccess:
    def test_it_is_what_the_api_tells(self, owner: Web) -> None:
        owner.sign_in(VIEWER)
        for _ in range(3):
            owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
        owner.sign_in(OWNER)
        _, *rows = table_of(page(owner, "/access"), "data-reads")
        told = owner.client.get(f"/api/v1/access/report?shop={ROD}").json()
        viewer = next(each for each in told["reads"] if each["name"] == "Vera Viewer")
        [shown] = [row for row in rows if row[0] == "Vera Viewer"]
        assert shown[:5] == ["Vera Viewer", "Tiles", "Browser", "3", "1"]
        assert (viewer["reads"], viewer["days"]) == (3, 1)

    def test_days(self, owner: Web) -> None:
        html = page(owner, "/access", days="7")
        assert "14 Nov – 20 Nov 2026" in html
        for odd in ("", "8", "x", "99999"):
            assert "22 Oct – 20 Nov 2026" in page(owner, "/access", days=odd)
        owner.storefront.clock.advance(timedelta(days=40))
        owner.sign_in(OWNER)
        assert "Nobody looked at a customer in full." in page(owner, "/access", days="7")
