"""A packet on paper: typeset by typst with the fonts it carries, so that every machine makes the same bytes."""

from pathlib import Path
from typing import Any, cast

import orjson
import typst

from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.render.view import PacketView

_TEMPLATE = Path(__file__).parent / "packet.typ"


def pdf_of(packet: Packet) -> bytes:
    return cast(bytes, _compiled(packet, format="pdf"))


def pictures_of(packet: Packet, dots_per_inch: int = 100) -> list[bytes]:
    """Each page as a PNG."""
    found = _compiled(packet, format="png", ppi=dots_per_inch)
    return cast("list[bytes]", found if isinstance(found, list) else [found])


def _compiled(packet: Packet, **how: Any) -> Any:
    """Data goes in as JSON and is shown as text: nothing of it is read as markup."""
    document = orjson.dumps(_document(packet)).decode()
    return cast(Any, typst).compile(
        _TEMPLATE.read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={"packet": document},
        **how,
    )


def _document(packet: Packet) -> dict[str, Any]:
    view = PacketView(packet)
    return {
        "title": view.title,
        "span": view.span,
        "timezone": packet.timezone,
        "currency": packet.currency,
        "headline": view.headline,
        "trends": view.trends,
        "day_chart": view.day_chart,
        "no_days": view.trends[0].why or "No revenue is known of these days.",
        "anomalies": view.anomalies,
        "changes": view.changes,
        "made": view.made,
        "measured": view.measured,
        "decisions_left": max(0, view.decisions_left),
        "decisions_url": view.decisions_url,
        "forecast": view.forecast,
        "risks": view.risks,
        "figures": [*packet.health.figures, *packet.health.sources],
        "sync_title": view.sync_title,
        "sync": view.sync,
        "publication": str(packet.publication or "nothing published"),
        "builds": sorted({str(each) for each in packet.builds.values() if each}),
        "as_of": view.as_of,
        "notes": packet.notes,
        "appendix": [
            {"name": each.name, "title": each.title, "sql": each.statements[0].sql}
            for each in packet.queries
            if each.url is None and each.statements
        ],
    }
