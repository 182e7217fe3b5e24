"""Real messages to real receivers: what Slack, PagerDuty, a mail server and a signed webhook are sent."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from hotdash.base.errors import HotdashError
from hotdash.base.logging import configure_logging
from hotdash.notifications.channels.contract import Channel, ChannelError, UndeliveredError
from hotdash.notifications.channels.registry import channel_kind, channel_kinds
from hotdash.notifications.message import Kind, Severity
from tests.fixtures.alerts import message
from tests.fixtures.receivers import BOT, HOOK, ROUTING_KEY, SECRET, Mailbox, Receiver

NOWHERE = "http://127.0.0.1:9"


def channel(kind: str, **fields: str) -> Channel:
    spec = channel_kind(kind)
    return spec.open(spec.checked(fields), Path())


def pager(address: str) -> Channel:
    return channel("pagerduty", routing_key=ROUTING_KEY, address=address)


def mail(port: int, **more: str) -> Channel:
    fields = {"server": "127.0.0.1", "port": str(port), "encryption": "insecure"}
    fields |= {"sender": "hotdash@example.com", "to": "ada@example.com, ops@example.com"}
    return channel("email", **(fields | more))


class TestSlack:
    def test_by_an_incoming_webhook(self, receiver: Receiver) -> None:
        channel("slack", webhook=receiver.address + HOOK).send(message())
        [body] = receiver.bodies()
        header, section = body["attachments"][0]["blocks"]
        assert header["text"]["text"] == "hot-rod-an: order ids are unique fails"
        assert section["text"]["text"].splitlines() == [
            "3 orders stand there twice – “zu viel”.",
            "Mend: Run a full rebuild.",
            "Owner: data engineering",
            "Runbook: https://dash.example.com/runbooks/order_ids_are_unique",
            "Shop: https://dash.example.com/today?shop=hot-rod-an",
        ]

    def test_by_a_bot(self, receiver: Receiver) -> None:
        bot = channel("slack", token=BOT, channel="#analytics-incidents", address=receiver.address)
        bot.send(message())
        assert receiver.paths() == ["/api/chat.postMessage"]
        assert receiver.bodies()[0]["channel"] == "#analytics-incidents"

    def test_what_ends_looks_otherwise_than_what_begins(self, receiver: Receiver) -> None:
        slack = channel("slack", webhook=receiver.address + HOOK)
        for kind in (Kind.OPENED, Kind.RESOLVED):
            slack.send(message(kind=kind))
        began, ended = (body["attachments"][0]["color"] for body in receiver.bodies())
        assert began != ended

    def test_long_titles_and_texts_are_cut_to_what_it_takes(self, receiver: Receiver) -> None:
        item = message().items[0]
        many = tuple([item] * 40)
        channel("slack", webhook=receiver.address + HOOK).send(message(title="x" * 400, items=many))
        assert len(receiver.taken) == 1

    def test_data_of_a_shop_calls_nobody(self, receiver: Receiver) -> None:
        called = message(items=(replace(message().items[0], sentence="<!channel> & <@U1>"),))
        channel("slack", webhook=receiver.address + HOOK).send(called)
        section = receiver.bodies()[0]["attachments"][0]["blocks"][1]
        assert section["text"]["text"].startswith("&lt;!channel&gt; &amp; &lt;@U1&gt;")


class TestPagerDuty:
    def test_an_incident_is_triggered_and_resolved_by_one_key(self, receiver: Receiver) -> None:
        page = pager(receiver.address)
        page.send(message())
        page.send(message(key="key-2", kind=Kind.RESOLVED))
        trigger, resolve = receiver.bodies()
        assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
        assert trigger["dedup_key"] == resolve["dedup_key"] == "incident-1"
        assert trigger["payload"]["severity"] == "critical"
        assert trigger["payload"]["source"] == "hot-rod-an"
        assert [link["href"] for link in trigger["links"]] == [
            "https://dash.example.com/runbooks/order_ids_are_unique",
            "https://dash.example.com/today?shop=hot-rod-an",
        ]

    def test_an_answer_acknowledges_the_same_incident(self, receiver: Receiver) -> None:
        pager(receiver.address).send(message(kind=Kind.ACKNOWLEDGED))
        [answer] = receiver.bodies()
        assert answer == {
            "routing_key": ROUTING_KEY,
            "dedup_key": "incident-1",
            "event_action": "acknowledge",
        }

    def test_a_repetition_is_the_same_incident(self, receiver: Receiver) -> None:
        for _ in range(2):
            pager(receiver.address).send(message(severity=Severity.WARNING))
        assert len({body["dedup_key"] for body in receiver.bodies()}) == 1
        assert receiver.bodies()[0]["payload"]["severity"] == "warning"

    def test_a_long_title_is_cut_to_what_it_takes(self, receiver: Receiver) -> None:
        pager(receiver.address).send(message(title="x" * 3000))
        assert len(receiver.bodies()[0]["payload"]["summary"]) == 1024


class TestEmail:
    def test_a_mail_to_everybody_named(self, mailbox: Mailbox) -> None:
        mail(mailbox.port).send(message())
        assert {sender for sender, _, _ in mailbox.mails} == {"hotdash@example.com"}
        recipients = [each for _, named, _ in mailbox.mails for each in named]
        assert sorted(recipients) == ["ada@example.com", "ops@example.com"]
        _, _, sent = mailbox.mails[0]
        assert sent["Subject"] == "hot-rod-an: order ids are unique fails"
        assert (sent["X-Hotdash-Key"], sent["X-Hotdash-Incident"]) == ("key-1", "incident-1")
        assert sent["Date"]
        assert sent["Message-ID"]
        text = sent.get_body(("plain",))
        assert text is not None
        assert text.get_content().splitlines()[:2] == [
            "3 orders stand there twice – “zu viel”.",
            "Mend: Run a full rebuild.",
        ]

    def test_a_title_cannot_add_headers(self, mailbox: Mailbox) -> None:
        mail(mailbox.port).send(message(title="a\r\nBcc: eve@example.com"))
        for _, named, sent in mailbox.mails:
            assert "eve@example.com" not in named
            assert sent["Bcc"] is None

    def test_a_server_that_refuses_is_told(self, mailbox: Mailbox) -> None:
        mailbox.refuses = True
        with pytest.raises(UndeliveredError, match="The mail server did not take the message"):
            mail(mailbox.port).send(message())


class TestWebhook:
    def test_is_signed(self, receiver: Receiver) -> None:
        channel("webhook", address=f"{receiver.address}/signed", secret=SECRET).send(message())
        [body] = receiver.bodies()
        assert body["title"] == "hot-rod-an: order ids are unique fails"
        assert body["alerts"][0]["runbook"].endswith("/runbooks/order_ids_are_unique")

    def test_another_secret_is_refused(self, receiver: Receiver) -> None:
        other = channel("webhook", address=f"{receiver.address}/signed", secret="x" * 20)
        with pytest.raises(UndeliveredError, match="HTTP 400"):
            other.send(message())
        assert receiver.refused.pop().endswith("signature")


SECRETS = [ROUTING_KEY, BOT, HOOK, HOOK.rsplit("/", 1)[1], SECRET, "a mail password"]


def every_channel(address: str, port: int) -> list[Channel]:
    return [
        channel("slack", webhook=address + HOOK),
        channel("slack", token=BOT, channel="#x", address=address),
        pager(address),
        mail(port, user="ada", password=SECRETS[-1]),
        channel("webhook", address=f"{address}/signed", secret=SECRET),
    ]


class TestSecrets:
    def test_are_in_no_log_no_error_and_no_repr(self, receiver: Receiver, tmp_path: Path) -> None:
        """At the level that says most, through sends that work, fail and are refused."""
        log = tmp_path / "log.ndjson"
        configure_logging("debug", log)
        said = list[str]()
        receiver.down = 500
        for address in (receiver.address, NOWHERE):
            for each in every_channel(address, 9):
                with pytest.raises(HotdashError) as told:
                    each.send(message())
                said += [str(told.value), repr(told.value), repr(each), str(vars(told.value))]
        receiver.down = 0
        for each in every_channel(receiver.address, 9):
            try:
                each.send(message())
            except HotdashError as error:
                said.append(str(error))
        for name in ("apprise", "urllib3", "httpx"):
            logging.getLogger(name).debug("still there to be heard")
        for handler in logging.getLogger().handlers:
            handler.flush()
        everything = log.read_text() + "".join(said)
        assert not [secret for secret in SECRETS if secret in everything]
        assert len(receiver.taken) == 4

    @pytest.mark.parametrize(
        ("kind", "fields", "field"),
        [
            ("slack", {}, "webhook"),
            ("slack", {"webhook": "https://hooks.slack.com/services/T1/B2"}, "webhook"),
            ("slack", {"webhook": "http://hooks.slack.com" + HOOK}, "webhook"),
            ("slack", {"token": BOT}, "channel"),
            ("slack", {"token": "sesame-open", "channel": "#x"}, "token"),
            ("pagerduty", {}, "routing_key"),
            ("pagerduty", {"routing_key": ROUTING_KEY, "region": "mars"}, "region"),
            ("webhook", {"address": "https://x.example", "secret": "short"}, "secret"),
            ("webhook", {"address": "http://x.example", "secret": SECRET}, "address"),
            ("email", {"server": "smtp.x.example", "sender": "me", "to": "a@x.example"}, "sender"),
            ("pagerduty", {"routing_key": ROUTING_KEY, "rotuing": "x"}, "rotuing"),
        ],
    )
    def test_what_cannot_be_used_is_refused_without_being_shown(
        self, kind: str, fields: dict[str, str], field: str
    ) -> None:
        with pytest.raises(ChannelError) as told:
            channel(kind, **fields)
        assert told.value.field == field
        assert told.value.hint
        assert not [secret for secret in [*SECRETS, "sesame"] if secret in str(told.value)]

    def test_mails_are_encrypted_unless_they_stay_on_this_machine(self) -> None:
        with pytest.raises(ChannelError, match="others could read"):
            mail(25, server="smtp.example.com")


def test_a_kind_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ChannelError, match="no kind of channel 'fax'") as told:
        channel_kind("fax")
    assert all(kind in told.value.hint for kind in channel_kinds())
