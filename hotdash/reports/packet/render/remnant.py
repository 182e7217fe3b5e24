"""What is left of a packet that told of somebody who was erased, where its document can be read no more."""

from typing import Any, cast

import typst

from hotdash.reports.packet.render.html import page_of
from hotdash.reports.packet.render.notebook import notebook_with
from hotdash.storage.appdb.repositories.packets import Form

TITLE = "A week of which nothing is left"
SENTENCE = (
    "This packet told of a person who was erased since. It was kept in a way that this version "
    "cannot read, so that it could not be written anew without them."
)
_PAPER = '#set document(title: "{title}", author: "Hotdash", date: none)\n= {title}\n{sentence}\n'


def remnant_files() -> dict[Form, bytes]:
    article = f'<article class="packet">\n<h1>{TITLE}</h1>\n<p>{SENTENCE}</p>\n</article>'
    return {
        Form.HTML: page_of(TITLE, article),
        Form.PDF: _paper(),
        Form.NOTEBOOK: notebook_with(f"# {TITLE}\n\n{SENTENCE}"),
    }


def _paper() -> bytes:
    paper = _PAPER.format(title=TITLE, sentence=SENTENCE)
    return cast(
        bytes, cast(Any, typst).compile(paper.encode(), ignore_system_fonts=True, format="pdf")
    )
