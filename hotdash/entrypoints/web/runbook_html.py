"""Runbooks as HTML: written by us, yet shown as if by a stranger; no HTML passes, no link leaves them."""

import posixpath
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from hotdash.base.paths import runbooks_folder

HOME = "/runbooks/"
_INDEX = "README"


def find_runbook(name: str) -> Path | None:
    """One of the files that lie there; a name never becomes a path by itself."""
    return _runbooks().get(name)


def title_of(text: str) -> str:
    return next(line[2:].strip() for line in text.splitlines() if line.startswith("# "))


def as_html(name: str, text: str) -> Markup:
    """Of a whole page; its links lead to other runbooks, and what leads elsewhere is plain text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_without_notes(text))
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = _kept_inside(name, token.children)
    # Escaped by the renderer: nothing of the text is taken for HTML.
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


@cache
def _runbooks() -> dict[str, Path]:
    folder = runbooks_folder()
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.md")
    }
    return {("index" if name == _INDEX else name): path for name, path in found.items()}


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
    found = "index" if inside == _INDEX else inside
    if found not in _runbooks():
        return None
    return f"{HOME}{'' if found == 'index' else found}" + (f"#{place}" if place else "")


def _without_notes(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("<!--"))
