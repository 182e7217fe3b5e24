"""The webhook subscriptions of one shop: one per topic and address, https only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hotdash.simulators.shopify.fields import gid
from hotdash.simulators.shopify.paging import Page, cut


@dataclass
class SubscriptionDesk:
    kept: dict[int, Mapping[str, Any]] = field(default_factory=dict[int, Mapping[str, Any]])

    def page(self, arguments: Mapping[str, Any]) -> Page:
        positions = [(number, 0) for number in self.kept]
        return cut(positions, arguments, lambda position: self.kept[position[0]])

    def create(self, topic: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        uri = str(asked.get("uri") or "")
        if not uri.startswith("https://"):
            return _refused(["webhookSubscription", "uri"], "Address protocol is not supported")
        if any((each["topic"], each["uri"]) == (topic, uri) for each in self.kept.values()):
            return _refused(
                ["webhookSubscription", "uri"], "Address for this topic has already been taken"
            )
        number = len(self.kept) + 1
        made = {"id": gid("WebhookSubscription", number), "topic": topic, "uri": uri}
        self.kept[number] = {**made, "format": asked.get("format") or "JSON"}
        return {"webhookSubscription": self.kept[number], "userErrors": []}


def _refused(path: list[str], message: str) -> dict[str, Any]:
    return {"webhookSubscription": None, "userErrors": [{"field": path, "message": message}]}
