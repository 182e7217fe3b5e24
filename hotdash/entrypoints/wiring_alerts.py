"""Settings become the rules and the channels that messages travel through."""

from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.settings import Settings
from hotdash.jobs.alert_desk import AlertDesk, OpenChannel
from hotdash.jobs.alert_rules import rules_of_shops
from hotdash.notifications.channels.contract import UndeliveredError
from hotdash.notifications.channels.file import FileChannel
from hotdash.notifications.channels.registry import channel_kind
from hotdash.notifications.message import Message
from hotdash.notifications.rules_file import rules_in_force
from hotdash.notifications.wanted import Traits
from hotdash.storage.appdb.repositories.alert_channels import ChannelRecord, list_channels
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

FILE_CHANNEL = "file"
FILE_NAME = "notifications.ndjson"


class ClosedChannel:
    """One whose key cannot be opened: it says so each time, and the others go on."""

    def __init__(self, name: str, error: HotdashError | None = None) -> None:
        self._name = name
        self._hint = error.hint if error else "Restore the key file, or add the channel anew."

    def send(self, message: Message) -> None:
        del message
        raise UndeliveredError(f"The channel {self._name} cannot be opened.", hint=self._hint)


def open_desk(settings: Settings, database: Database, vault: Vault, clock: Clock) -> AlertDesk:
    rules = rules_in_force(settings.home)
    with database.jobs() as session:
        found = list_channels(session, vault)
        of_shops = rules_of_shops(session, rules)
    file = OpenChannel(FileChannel(settings.home / FILE_NAME), Traits())
    channels = {FILE_CHANNEL: file} | {
        each.name: open_channel(each, settings.home) for each in found
    }
    return AlertDesk(database, clock, rules, channels, settings.base_url, of_shops)


def open_channel(record: ChannelRecord, home: Path) -> OpenChannel:
    kind = channel_kind(record.kind)
    if record.fields is None:
        return OpenChannel(ClosedChannel(record.name), kind.traits)
    try:
        channel = kind.open({**record.settings, **record.fields}, home)
    except HotdashError as error:
        return OpenChannel(ClosedChannel(record.name, error), kind.traits)
    return OpenChannel(channel, kind.traits)
