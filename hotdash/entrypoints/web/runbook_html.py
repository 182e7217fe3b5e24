"""Runbooks as HTML: written by us, yet shown as if by a stranger; no HTML passes, no link leaves them."""

import posixpath
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from hotdash.entrypoints.web.runbook_names import INDEX, address_of

_PLAIN = re.compile(r"[\w-]+")


def title_of(text: str) -> str:
    return next(line[2:].strip() for line in text.splitlines() if line.startswith("# "))


def as_html(name: str, text: str) -> Markup:
    """Of a whole page; its links lead to other runbooks, and what leads elsewhere is plain text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_without_notes(text))
    _named(tokens)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = _kept_inside(name, token.children)
    # Escaped by the renderer: nothing of the text is taken for HTML.
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


def _named(tokens: Sequence[Token]) -> None:
    """A heading that is a name can be linked to."""
    for heading, content in pairwise(tokens):
        if heading.type == "heading_open" and _PLAIN.fullmatch(content.content):
            heading.attrSet("id", content.content)


def _kept_inside(name: str, children: Sequence[Token]) -> list[Token]:
    kept: list[Token] = []
    leads: list[bool] = []
    for token in children:
        if token.type == "link_open":
            address = _address(name, str(token.attrGet("href") or ""))
            leads.append(address is not None)
            if address is None:
                continue
            attributes: dict[str, Any] = {"href": address}
            token.attrs = attributes
        elif (token.type == "link_close" and not leads.pop()) or token.type == "image":
            continue
        kept.append(token)
    return kept


def _address(name: str, target: str) -> str | None:
    """Where a relative link of a page leads among the runbooks."""
    path, _, place = target.partition("#")
    if "://" in target or not path.endswith(".md"):
        return None
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(name), path.removesuffix(".md")))
    address = address_of(INDEX if inside == "README" else inside)
    return f"{address}#{place}" if address and place else address


def _without_notes(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("<!--"))
