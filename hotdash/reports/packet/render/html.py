"""A packet as one HTML document without a script: its only style is its own, its charts are inside."""

import base64
import hashlib
from functools import cache
from pathlib import Path

import jinja2
import orjson
from markupsafe import escape

from hotdash.base.errors import ConflictError
from hotdash.reports.packet.contract import Packet, Statement
from hotdash.reports.packet.render.view import PacketView

_HERE = Path(__file__).parent
STYLE_FILE = _HERE / "packet.css"
_ALONE = (
    ":root { color-scheme: light dark; } "
    "body { margin: 0; padding: 16px; background: light-dark(#f6f7f8, #101418); } "
    "@media print { body { padding: 0; background: #fff; } }\n"
)
_BEGIN, _END = "<article", "</article>"
_STYLE_BEGIN, _STYLE_END = "<style>", "</style>"


def html_of(packet: Packet) -> bytes:
    view = PacketView(packet)
    return page_of(view.title, _template().render(packet=packet, view=view, asked=_asked))


def page_of(title: str, article: str) -> bytes:
    style = _ALONE + STYLE_FILE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} · Hotdash</title>\n{_STYLE_BEGIN}{style}{_STYLE_END}\n</head>\n"
        f"<body>\n<main>\n{article}\n</main>\n</body>\n</html>\n"
    ).encode()


def article_of(document: bytes) -> str:
    """Of a kept document the part that a page can put into its own frame."""
    text = document.decode()
    if _BEGIN not in text or _END not in text:
        raise ConflictError(
            "The kept document is no packet.", hint="Write it anew as files: `hotdash packet make`."
        )
    return text[text.index(_BEGIN) : text.rindex(_END) + len(_END)]


def style_source(document: bytes) -> str:
    """What a content security policy says of the document's own style, and of no other."""
    text = document.decode()
    begin = text.index(_STYLE_BEGIN) + len(_STYLE_BEGIN)
    digest = hashlib.sha256(text[begin : text.index(_STYLE_END)].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("packet.html")


def _asked(statement: Statement) -> str:
    return orjson.dumps(dict(statement.asked)).decode()
