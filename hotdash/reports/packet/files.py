"""A packet as files: which there are, how each is made, and what a browser is told of it."""

from collections.abc import Callable

from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.render.html import html_of
from hotdash.reports.packet.render.notebook import notebook_of
from hotdash.reports.packet.render.pdf import pdf_of
from hotdash.storage.appdb.repositories.packets import Form

MADE: dict[Form, Callable[[Packet], bytes]] = {
    Form.HTML: html_of,
    Form.PDF: pdf_of,
    Form.JSON: Packet.as_json,
    Form.NOTEBOOK: notebook_of,
}
MEDIA_TYPES = {
    Form.HTML: "text/html; charset=utf-8",
    Form.PDF: "application/pdf",
    Form.JSON: "application/json",
    Form.NOTEBOOK: "application/x-ipynb+json",
}


def files_of(packet: Packet) -> dict[Form, bytes]:
    return {form: make(packet) for form, make in MADE.items()}


def file_name(shop_id: str, week: str, form: Form) -> str:
    return f"packet-{shop_id}-{week}.{form.value}"
