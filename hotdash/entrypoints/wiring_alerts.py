"""Settings become the channels that messages travel through."""

from hotdash.base.settings import Settings
from hotdash.notifications.channels.file import FileChannel
from hotdash.notifications.message import Severity
from hotdash.notifications.routing import Route


def alert_routes(settings: Settings) -> list[Route]:
    """Whatever is said also stands in a file of the installation."""
    return [Route(frozenset(Severity), FileChannel(settings.home / "notifications.ndjson"))]
