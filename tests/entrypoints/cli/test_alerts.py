"""hotdash alerts, as a person types it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.storage.appdb.repositories.alerts import NewAlert, open_alerts
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.receivers import HOOK, ROUTING_KEY, Receiver, receiving

CHECK = "order_ids_are_unique"
pytestmark = pytest.mark.usefixtures("shop")


@pytest.fixture
def alert(commands: Commands, database: Database) -> str:
    found = NewAlert("hot-rod-an", CHECK, "blocking", "3 orders twice.", "Run it anew.", "me")
    with database.jobs() as session:
        open_alerts(session, [found], datetime.now(UTC))
    [listed] = commands.told("alerts", "list")["alerts"]
    return listed["alert"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
    assert receiver.refused == []


def lines(commands: Commands) -> list[dict[str, str]]:
    file = Path(commands.folder) / ".hotdash" / "notifications.ndjson"
    return [*map(json.loads, file.read_text().splitlines())]


def test_is_listed_shown_and_answered(commands: Commands, alert: str) -> None:
    assert "order_ids_are_unique: 3 orders twice." in commands.shown("alerts", "list")
    told = commands.told("alerts", "send")
    assert (told["opened"], told["undelivered"]) == (1, 0)
    assert lines(commands)[0]["title"] == "hot-rod-an: order ids are unique fails"
    assert (
        commands.told("alerts", "ack", alert[-8:], "--note", "I look.")["status"] == "acknowledged"
    )
    shown = commands.shown("alerts", "show", alert)
    assert "Run it anew." in shown
    assert "I look." in shown
    assert "opened through file: delivered" in shown
    assert commands.told("alerts", "snooze", alert, "--until", "4h")["status"] == "snoozed"
    ended = commands.told("alerts", "false-alarm", alert, "--reason", "A planned sale.")
    assert ended["status"] == "false_alarm"
    assert [line["kind"] for line in lines(commands)] == ["opened", "resolved"]
    assert "Nothing is wrong" in commands.shown("alerts", "list")
    listed = commands.told("alerts", "list", "--closed")
    assert listed["false_alarms_per_week"][0]["false_alarms"] == 1


def test_what_is_resolved_is_told(commands: Commands, alert: str) -> None:
    commands.told("alerts", "send")
    commands.told("alerts", "resolve", alert, "--reason", "Rebuilt.")
    assert "was resolved by cli:" in lines(commands)[-1]["title"]
    assert commands.error("alerts", "ack", alert)["code"] == "conflict"


def test_mistakes_are_told_with_their_mend(commands: Commands, alert: str) -> None:
    error = commands.error("alerts", "snooze", alert, "--until", "soon")
    assert "30m, 4h or 2d" in error["hint"]
    assert commands.error("alerts", "show", "ffffffff")["code"] == "not_found"
    assert commands.error("alerts", "resolve", alert, "--reason", " ")["field"] == "reason"


class TestRules:
    def test_hold_by_default_and_say_what_is_not_connected(self, commands: Commands) -> None:
        told = commands.told("alerts", "rules")
        assert told["file"] is None
        assert "analytics-incidents" in told["not_connected"]
        assert "Named but not connected: analytics-incidents" in commands.shown("alerts", "rules")

    def test_of_ones_own_begin_with_the_default_file(self, commands: Commands) -> None:
        own = Path(commands.folder) / ".hotdash" / "alerts.yml"
        own.parent.mkdir(exist_ok=True)
        own.write_text(commands.shown("alerts", "rules", "--default"))
        assert commands.told("alerts", "rules")["file"] == str(own)
        own.write_text(own.read_text().replace("quiet_hours", "quite_hours"))
        error = commands.error("alerts", "rules")
        assert "line 6: there is no rule 'quite_hours'" in error["message"]
        assert error["hint"] == "Did you mean quiet_hours?"

    def test_a_mistake_in_them_keeps_nobody_from_being_told(
        self, commands: Commands, alert: str
    ) -> None:
        del alert
        (Path(commands.folder) / ".hotdash" / "alerts.yml").write_text("routes: []\n")
        assert commands.told("alerts", "send")["opened"] == 1

    def test_have_a_schema(self, commands: Commands) -> None:
        assert json.loads(commands.shown("alerts", "rules", "--schema"))["title"] == "Rules"


class TestChannels:
    def test_one_is_added_tried_used_and_removed(
        self, commands: Commands, alert: str, receiver: Receiver
    ) -> None:
        fields = json.dumps({"webhook": receiver.address + HOOK})
        add = ("alerts", "channel", "add", "analytics-incidents", "--kind", "slack")
        commands.told(*add, "--secrets-stdin", stdin=fields)
        assert commands.told("alerts", "test", "analytics-incidents")["delivered"] is True
        commands.told("alerts", "send")
        assert len(receiver.taken) == 2
        told = commands.told("alerts", "rules")
        [channel] = told["channels"]
        assert (channel["sealed"], channel["settings"]) == (["webhook"], {})
        assert HOOK not in json.dumps(told)
        shown = commands.told("alerts", "show", alert)
        assert {each["channel"] for each in shown["deliveries"]} == {"analytics-incidents", "file"}
        commands.told("alerts", "channel", "remove", "analytics-incidents")
        error = commands.error("alerts", "test", "analytics-incidents")
        assert error["message"] == "There is no channel 'analytics-incidents'."

    def test_its_keys_are_sealed(self, commands: Commands, database: Database) -> None:
        add = ("alerts", "channel", "add", "pager", "--kind", "pagerduty")
        commands.told(*add, "--field-env", "routing_key=KEY", KEY=ROUTING_KEY)
        with database.direct() as connection:
            kept = str(connection.execute("select c::text from app.alert_channels c").fetchall())
            audited = str(connection.execute("select e::text from audit.events e").fetchall())
        assert ROUTING_KEY not in kept + audited
        assert "add_alert_channel" in audited
        rotated = commands.told("secrets", "rotate", "--retire-old")
        assert rotated["sealed_anew"] == 1
        assert commands.told("alerts", "rules")["channels"][0]["sealed"] == ["routing_key"]

    def test_a_key_is_not_taken_from_the_command_line(self, commands: Commands) -> None:
        add = ("alerts", "channel", "add", "pager", "--kind", "pagerduty")
        error = commands.error(*add, "--field", f"routing_key={ROUTING_KEY}")
        assert "is secret" in error["message"]
        assert ROUTING_KEY not in json.dumps(error)

    @pytest.mark.parametrize("name", ["file", "Pager", "a b"])
    def test_names_that_would_confuse_are_refused(self, commands: Commands, name: str) -> None:
        add = ("alerts", "channel", "add", name, "--kind", "file", "--field", "path=x")
        assert commands.error(*add)["field"] == "name"


def test_a_digest_is_told_once_a_week(commands: Commands) -> None:
    """Without quiet hours, in which it waits: the clock of a command is the machine's."""
    own = Path(commands.folder) / ".hotdash" / "alerts.yml"
    rules = commands.shown("alerts", "rules", "--default")
    own.parent.mkdir(exist_ok=True)
    own.write_text(re.sub(r"^quiet_hours:\n(  .*\n)+", "", rules, flags=re.MULTILINE))
    assert commands.told("alerts", "rules")["file"] == str(own)
    assert [commands.told("alerts", "digest")["opened"] for _ in range(2)] == [1, 0]
