"""Admin: what each section shows is what the engines hold; what it does, they do; whoever may not is told so."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from hotdash.base.roles import MATRIX, SCOPES, Permission, Role, may
from hotdash.entrypoints.web.pages.admin.policies import TITLES
from hotdash.entrypoints.web.pages.admin.roles import SENTENCES
from hotdash.entrypoints.web.pages.admin.sections import SECTIONS
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.pages import links_of, table_of
from tests.fixtures.storefront import AGENCY, KYOTO, OWNER, ROD, STRANGER, VIEWER
from tests.fixtures.web import Web, admin_page


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
        links = links_of(admin_page(web))
        assert ("Admin" in links) == may(role, Permission.MAKE_TOKENS)
        for section in SECTIONS:
            assert (section.title in links) == may(role, section.needs), section
            answer = web.client.get(f"{section.path}?shop={ROD}")
            assert answer.status_code == (200 if may(role, section.needs) else 403), section

    def test_the_shop_is_kept_from_section_to_section(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        links = links_of(admin_page(shown_web, shop=KYOTO))
        assert links["API tokens"] == f"/admin/tokens?shop={KYOTO}"
        assert "Credentials" not in links


class TestShops:
    def test_what_they_are_and_how_they_stand(self, shown: Web) -> None:
        head, row = table_of(admin_page(shown))
        told = dict(zip(head, row, strict=True))
        assert told["Timezone"] == "America/Los_Angeles"
        assert (told["Currency"], told["Your role"]) == ("USD", "Owner")
        assert told["State"] == "Published 20 Nov, 11:12"
        assert told["Connected"] == "none connected"

    def test_only_ones_own(self, shown_web: Web) -> None:
        shown_web.sign_in(AGENCY)
        assert len(table_of(admin_page(shown_web))) == 3
        shown_web.sign_in(STRANGER)
        assert len(table_of(admin_page(shown_web, shop=KYOTO))) == 2

    def test_blocked_held_and_not_yet(self, owner: Web) -> None:
        owner.storefront.block()
        assert "2 marts are kept back by a check." in admin_page(owner)
        owner.storefront.unpublish()
        assert "Nothing published yet" in admin_page(owner)


class TestRoles:
    def test_the_matrix_word_for_word(self, shown: Web) -> None:
        head, *rows = table_of(admin_page(shown, "/roles"))
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
        again = admin_page(owner, "/tokens")
        assert secret not in again
        _, row = table_of(again)
        assert row[:4] == ["nightly export", "Open", "Ada Rodriguez", "see_metrics"]
        assert row[5:] == ["20 Dec 2026", "never"]
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 200
        assert owner.client.get(f"/api/v1/access/report?shop={ROD}").status_code == 403

    def test_revoked_at_once(self, owner: Web) -> None:
        [secret] = re.findall(r"data-once>(hotdash_[^<]+)<", make(owner).text)
        [token] = re.findall(r'name="token" value="([^"]+)"', admin_page(owner, "/tokens"))
        done = owner.form("/admin/tokens/revoke", {"shop": ROD, "token": token})
        assert done.status_code == 303
        shown = owner.client.get(done.headers["location"]).text
        assert table_of(shown)[1][1] == "Revoked"
        assert "No token opens this shop." in admin_page(owner, "/tokens")
        owner.as_program(secret)
        assert owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}").status_code == 401

    def test_which_ones_are_seen_and_ended(self, owner: Web) -> None:
        analyst = owner.storefront.add_person(Role.ANALYST)
        owner.storefront.token_of(analyst)
        owner.storefront.token_of(OWNER)
        assert len(table_of(admin_page(owner, "/tokens"))) == 3
        tokens = re.findall(r'name="token" value="([^"]+)"', admin_page(owner, "/tokens"))
        owner.sign_in(analyst)
        [mine] = re.findall(r'name="token" value="([^"]+)"', admin_page(owner, "/tokens"))
        [not_mine] = set(tokens) - {mine}
        refused = owner.form("/admin/tokens/revoke", {"shop": ROD, "token": not_mine})
        assert refused.status_code == 404

    def test_what_ends_soon_says_so(self, owner: Web) -> None:
        owner.storefront.token_of(OWNER, days=14)
        assert table_of(admin_page(owner, "/tokens"))[1][1] == "Ends soon"

    @pytest.mark.parametrize("role", [Role.ANALYST, Role.ENGINEER, Role.MANAGER])
    def test_only_scopes_of_ones_own_role_are_offered(self, web: Web, role: Role) -> None:
        web.sign_in(web.storefront.add_person(role))
        offered = set(re.findall(r'name="scope" value="(\w+)"', admin_page(web, "/tokens")))
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
        html = unescape(admin_page(shown, "/policies"))
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
        html = admin_page(owner, "/policies")
        assert "since 1 Nov 2026, by Ada Rodriguez" in html
        assert "We plan so." in html
        with owner.storefront.database.jobs() as session:
            [decision] = list_decisions(session, ROD)
        assert (decision.action, decision.subject) == ("metrics.policy.decide", "include_taxes")
        assert decision.rationale == "We plan so."
        assert decision.detail["shown"]["before"] == "false"

    def test_from_a_day_to_come(self, owner: Web) -> None:
        self.decide(owner, **{"from": "2027-01-01"})
        html = admin_page(owner, "/policies")
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
        html = admin_page(shown, "/policies", policy="include_taxes", value="true")
        head, *months = table_of(html, "data-trial")
        assert head == ["Month", "As decided", "Had it been so", "Change"]
        assert months
        assert "nothing is decided by looking" in html
        admin_page(shown, "/policies", status=400, policy="include_taxes", value="maybe")

    def test_whoever_may_not_decides_nothing(self, web: Web) -> None:
        web.sign_in(web.storefront.add_person(Role.ANALYST))
        assert "Decide it" not in admin_page(web, "/policies")
        assert self.decide(web).status_code == 403


class TestAccess:
    def test_it_is_what_the_api_tells(self, owner: Web) -> None:
        owner.sign_in(VIEWER)
        for _ in range(3):
            owner.client.get(f"/api/v1/tiles/sales-pulse?shop={ROD}")
        owner.sign_in(OWNER)
        _, *rows = table_of(admin_page(owner, "/access"), "data-reads")
        told = owner.client.get(f"/api/v1/access/report?shop={ROD}").json()
        viewer = next(each for each in told["reads"] if each["name"] == "Vera Viewer")
        [shown] = [row for row in rows if row[0] == "Vera Viewer"]
        assert shown[:5] == ["Vera Viewer", "Tiles", "Browser", "3", "1"]
        assert (viewer["reads"], viewer["days"]) == (3, 1)

    def test_days(self, owner: Web) -> None:
        html = admin_page(owner, "/access", days="7")
        assert "14 Nov – 20 Nov 2026" in html
        for odd in ("", "8", "x", "99999"):
            assert "22 Oct – 20 Nov 2026" in admin_page(owner, "/access", days=odd)
        owner.storefront.clock.advance(timedelta(days=40))
        owner.sign_in(OWNER)
        assert "Nobody looked at a customer in full." in admin_page(owner, "/access", days="7")
