"""A report as one HTML document without a script, for people; the JSON beside it is what was hashed."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from hotdash.base.clock import require_aware
from hotdash.reports.validation.contract import Outcome, Report
from hotdash.reports.validation.document import SignOff, sha256_of

_HERE = Path(__file__).parent
_TYPED = re.compile(r"`([^`]+)`")
STATES = {
    Outcome.PASSED: "ok",
    Outcome.NOTED: "watch",
    Outcome.FAILED: "act",
    Outcome.NOT_ASKED: "act",
    Outcome.NOT_HERE: "none",
}
MARKS = {
    Outcome.PASSED: "✓",
    Outcome.NOTED: "!",
    Outcome.FAILED: "✕",
    Outcome.NOT_ASKED: "?",
    Outcome.NOT_HERE: "–",
}


def html_of(report: Report, sign_off: SignOff | None = None) -> bytes:
    body = _template().render(
        report=report,
        sha256=sha256_of(report),
        signed=sign_off,
        states=STATES,
        marks=MARKS,
        moment=_moment,
        prose=_prose,
    )
    style = (_HERE / "validation.css").read_text(encoding="utf-8")
    title = escape(f"Launch validation of {report.shop_name}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} · Hotdash</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


def _moment(at: datetime) -> str:
    return f"{require_aware(at):%Y-%m-%d %H:%M:%S} UTC"


def _prose(sentence: str) -> Markup:
    """What stands between backticks is to be typed as it is."""
    return Markup(_TYPED.sub(r"<code>\1</code>", str(escape(sentence))))


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("validation.html")
