"""Quarantine, drift and credentials as a person at a terminal meets them."""

import json
from collections.abc import Iterator

import pytest

from tests.entrypoints.cli.test_commands import Terminal
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

SECRET = "shpat_"


@pytest.fixture(scope="module")
def troubled(
    tmp_path_factory: pytest.TempPathFactory,
    template_urls: DatabaseUrls,
    simulator_of_today: SimulatorHandle,
) -> Iterator[Terminal]:
    """A shop whose first read met customers that nobody can read; afterwards Shopify mended them."""
    with new_database(template_urls, "template1") as urls:
        terminal = Terminal(tmp_path_factory.mktemp("troubled"), urls.owner)
        terminal.connect(simulator_of_today)
        simulator_of_today.fault("drift", field="Customer.createdAt", value="long ago", every=1)
        terminal.first_run = json.loads(terminal.run("run", "--json").stdout)
        simulator_of_today.no_faults()
        yield terminal


def test_what_lets_nothing_through_blocks_what_rests_on_it_and_no_more(
    troubled: Terminal,
) -> None:
    [shop] = troubled.first_run["shops"]
    outcomes = {mart: told["outcome"] for mart, told in shop["marts"].items()}
    assert outcomes["dim_customers"] == "blocked"
    assert outcomes["fct_revenue"] == "published"


class TestDrift:
    def test_is_listed_shown_and_closed_with_a_reason(self, troubled: Terminal) -> None:
        [drift] = troubled.told("drift", "list")["drifts"]
        assert (drift["table"], drift["change"]) == ("shopify_customers", "retyped")
        assert drift["impact"] == "Critical"
        assert "dim_customers" in drift["affected_models"]
        for name in ("detected_at", "action", "owner", "target_date", "next_review"):
            assert drift[name]
        assert drift["evidence"]["refused"] == drift["evidence"]["of"] > 0
        assert troubled.told("drift", "show", drift["drift"][:-4]) == drift
        assert drift["drift"][-8:] in troubled.run("drift", "list").stdout
        assert troubled.told("drift", "show", drift["drift"][-8:]) == drift
        told = troubled.told("drift", "close", drift["drift"], "--because", "Shopify mended it.")
        assert told["closed"] == drift["drift"]
        assert troubled.told("drift", "list")["drifts"] == []
        [closed] = troubled.told("drift", "list", "--closed")["drifts"]
        assert closed["closed_because"] == "Shopify mended it."

    def test_an_unknown_one_is_refused(self, troubled: Terminal) -> None:
        assert "drift list" in troubled.error("drift", "show", "nothing")["hint"]

    def test_schemas_are_looked_at_when_asked(
        self, troubled: Terminal, simulator_of_today: SimulatorHandle
    ) -> None:
        first = troubled.told("drift", "check")
        assert first == {
            "looked": [f"shopify of {SHOP_ID}"],
            "problems": 0,
            "news": 0,
            "errors": {},
        }
        simulator_of_today.fault("drift", route="schema", field="Order.name", change="drop")
        again = troubled.told("drift", "check")
        simulator_of_today.no_faults()
        assert (again["problems"], again["news"]) == (1, 1)


class TestQuarantine:
    def test_from_the_list_to_nothing_waiting(self, troubled: Terminal) -> None:
        listed = troubled.told("quarantine", "list", "--limit", "3")
        waiting = listed["waiting"]
        assert waiting > 3
        assert listed["resolved"] == 0
        [reason] = listed["reasons"]
        assert (reason["table_name"], reason["reason"]) == ("shopify_customers", "createdAt")
        assert len(listed["records"]) == 3
        one = troubled.told("quarantine", "show", listed["records"][0]["record"])
        assert "long ago" in one["payload"]
        assert "example.com" not in one["payload"], "persons are hidden"
        assert one["record"] in troubled.run("quarantine", "list").stdout
        assert troubled.told("quarantine", "list", "--reason", "nothing")["records"] == []
        retried = troubled.told("quarantine", "retry", "--table", "shopify_customers")
        assert retried["asked"] + len(retried["left"]) == waiting
        assert retried["waiting"] == 0
        if retried["left"]:
            troubled.told("run", "--reread")
        after = troubled.told("quarantine", "list")
        assert (after["waiting"], after["resolved"]) == (0, waiting)
        assert troubled.error("quarantine", "retry")["code"] == "not_found"

    def test_an_unknown_one_is_refused(self, troubled: Terminal) -> None:
        assert "quarantine list" in troubled.error("quarantine", "show", "zzz")["hint"]


class TestCredentials:
    def test_are_named_by_what_they_open_and_never_shown(self, troubled: Terminal) -> None:
        [one] = troubled.told("credentials", "list")["credentials"]
        assert (one["shop"], one["opens"], one["is_open"]) == (SHOP_ID, "Shopify", True)
        assert "access_token" in one["fields"]
        for form in (("--json",), ()):
            assert SECRET not in troubled.run("credentials", "list", *form).stdout

    def test_are_encrypted_anew_and_still_open(self, troubled: Terminal) -> None:
        key_file = troubled.folder / ".hotdash" / "secret.keys"
        before = key_file.read_text().split()
        told = troubled.told("secrets", "rotate")
        assert (told["is_new"], told["sealed_anew"], told["retired"]) == (True, 1, 0)
        assert key_file.read_text().split()[1:] == before
        told = troubled.told("secrets", "rotate", "--retire-old")
        assert (told["sealed_anew"], told["retired"]) == (1, 2)
        checks = {each["what"]: each["ok"] for each in troubled.told("doctor")["checks"]}
        assert checks[f"shopify of {SHOP_ID}"]

    def test_are_forgotten_last(self, troubled: Terminal) -> None:
        unknown = troubled.error("disconnect", "etsy", "--shop", SHOP_ID)
        assert "credentials list" in unknown["hint"]
        troubled.told("disconnect", "shopify", "--shop", SHOP_ID)
        assert troubled.told("credentials", "list")["credentials"] == []
