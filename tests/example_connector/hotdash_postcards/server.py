"""A small Postcards to test against: the same cards every time, a clock and faults that obey."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "pc_key_for_tests"
OPENED = datetime(2026, 9, 1, tzinfo=UTC)
BEGIN = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
PER_PAGE = 40
STATUSES = {"server_error": 503, "too_many_requests": 429, "access_denied": 401}


@dataclass
class World:
    """A card every five hours; each fifth one is returned two days later. `drift` spoils answers."""

    now: datetime = BEGIN
    faults: list[dict[str, Any]] = field(default_factory=list)
    drift: dict[str, Any] = field(default_factory=dict)
    chance: Random = field(default_factory=lambda: Random(1))

    def reset(self) -> None:
        self.now, self.chance = BEGIN, Random(1)
        self.faults.clear()
        self.drift.clear()

    def strike(self) -> str | None:
        for fault in self.faults:
            if fault["times"] != 0 and self.chance.random() < fault["share"]:
                fault["times"] = fault["times"] and fault["times"] - 1
                return fault["kind"]
        return None

    def cards(self) -> list[dict[str, Any]]:
        many = int((self.now - OPENED) / timedelta(hours=5)) + 1
        return [self._card(number) for number in range(1, many + 1)]

    def days(self, first: str, last: str) -> list[dict[str, Any]]:
        found: dict[str, list[float]] = {}
        for card in self.cards():
            found.setdefault(card["sent_at"][:10], []).append(card["price"])
        return [
            {"day": day, "cards": len(prices), "cost": round(sum(prices), 2)}
            for day, prices in sorted(found.items())
            if first <= day <= last
        ]

    def _card(self, number: int) -> dict[str, Any]:
        sent = OPENED + timedelta(hours=5) * (number - 1)
        returned = sent + timedelta(days=2)
        is_returned = number % 5 == 0 and returned <= self.now
        return {
            "id": number,
            "to": {"name": f"Recipient {number}", "city": "Kyoto" if number % 2 else "Wien"},
            "price": 1.25 + number % 3,
            "status": "returned" if is_returned else "sent",
            "sent_at": sent.isoformat(),
            "updated_at": (returned if is_returned else sent).isoformat(),
        }


def spoilt(records: list[dict[str, Any]], drift: dict[str, Any]) -> list[dict[str, Any]]:
    """As the vendor changed them: a field added, dropped, renamed or given another type."""
    for place, record in enumerate(records):
        if drift and place % drift.get("every", 1) == 0:
            name, change = drift["field"], drift["change"]
            if change == "add":
                record[drift["value"]] = "new"
            elif change == "retype":
                record[name] = drift["value"]
            else:
                value = record.pop(name)
                if change == "rename":
                    record[drift["value"]] = value
    return records


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: World

    def do_GET(self) -> None:
        fault = self.world.strike()
        if fault == "reset":
            self.close_connection = True
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
        elif fault is not None:
            self._answer(STATUSES[fault], {"error": fault})
        elif self.headers["Authorization"] != f"Bearer {KEY}":
            self._answer(401, {"error": "unknown key"})
        else:
            path = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(path.query).items()}
            self._answer(200, self._told(path.path, asked))

    def _told(self, path: str, asked: dict[str, str]) -> Any:
        world = self.world
        if path == "/v1/account":
            return {"scopes": ["cards:read"], "opened_at": OPENED.isoformat()}
        if path == "/v1/days":
            return {"items": world.days(asked["from"], asked["to"])}
        if path == "/v1/cards":
            since = asked.get("updated_since", "").replace("Z", "+00:00")
            cards = [c for c in world.cards() if not since or c["updated_at"] >= since]
            page = int(asked["page"])
            some = cards[(page - 1) * PER_PAGE : page * PER_PAGE]
            more = page + 1 if page * PER_PAGE < len(cards) else None
            return {"items": spoilt(some, world.drift), "total": len(cards), "next": more}
        number = int(path.rpartition("/")[2])
        found = [card for card in world.cards() if card["id"] == number]
        return {"item": spoilt(found, world.drift)[0] if found else None}

    def _answer(self, status: int, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "0.01")
        self.send_header("X-Limit", "1000")
        self.send_header("X-Limit-Left", "900")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests have enough to say."""


@contextmanager
def served(world: World) -> Iterator[str]:
    """The address where this world answers."""
    handler = type("WorldHandler", (Handler,), {"world": world})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
