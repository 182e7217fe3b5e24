"""Receivers that hold what comes against the vendors' protocols."""

from collections.abc import Iterator

import pytest

from tests.fixtures.receivers import Mailbox, Receiver, mail_server, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
    assert receiver.refused == []


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox
