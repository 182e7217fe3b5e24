"""A packet is read of its document again, and all of its forms say what the document says."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import nbformat
import orjson
import pytest

from hotdash.base.needles import Needles
from hotdash.reports.packet.contract import Packet, Sentence
from hotdash.reports.packet.erased import packet_without, without
from hotdash.reports.packet.files import files_of
from hotdash.reports.packet.reading import UnreadablePacketError, packet_of
from hotdash.reports.packet.render.html import article_of, style_source
from hotdash.reports.packet.render.remnant import SENTENCE
from hotdash.storage.appdb.repositories.packets import Form
from tests.fixtures.storefront import ROD, Storefront
from tests.reports.packet.test_packet import WEEK
from tests.reports.packet.test_packet import packet_of as made_of

KEPT = Path(__file__).parent / "kept_packet.json"
NEEDLES = Needles.of(["Ann Lee"])


@pytest.fixture(scope="module")
def shown(shown_storefront: Storefront) -> Packet:
    return made_of(shown_storefront)


def test_its_document_says_everything_that_its_other_forms_say(shown: Packet) -> None:
    """So what is not found in the document stands in none of them, also not in a PDF, whose words are packed."""
    files = files_of(shown)
    assert files_of(packet_of(files[Form.JSON])) == files


def test_so_does_one_with_every_section(storefront: Storefront) -> None:
    storefront.fill()
    files = files_of(made_of(storefront, ROD, WEEK.before(1)))
    assert files_of(packet_of(files[Form.JSON])) == files
    storefront.block()
    files = files_of(made_of(storefront))
    assert files_of(packet_of(files[Form.JSON])) == files


def test_one_that_was_kept_when_the_format_was_new_can_be_read() -> None:
    """A field that is added later has a default; else the archive would be lost to an erasure."""
    files = files_of(packet_of(KEPT.read_bytes()))
    assert "refund of Ann Lee" in files[Form.HTML].decode()
    erased = packet_without(KEPT.read_bytes(), NEEDLES)
    assert "refund of ***" in erased[Form.HTML].decode()
    assert not any(b"Ann Lee" in each for each in erased.values())


def test_a_change_stays_as_it_was_told() -> None:
    """The version that kept the packet may have rounded otherwise, and its sentences say what it rounded."""
    document = orjson.loads(KEPT.read_bytes())
    document["trends"][0]["share"] = "-0.6190"
    erased = packet_without(orjson.dumps(document), NEEDLES)
    assert "61.9%" in erased[Form.HTML].decode()
    assert packet_of(erased[Form.JSON]).trends[0].share == Decimal("-0.6190")


def test_a_name_on_two_lines_goes_too(shown: Packet) -> None:
    """The notebook joins them."""
    query = shown.headline[0].query
    named = replace(shown, headline=(Sentence("It was Ann\n Lee of Leeds.", query),))
    assert "Ann Lee" in files_of(named)[Form.NOTEBOOK].decode()
    assert without(named, NEEDLES).headline[0].text == "It was *** of Leeds."


def test_what_tells_nobody_is_the_same(shown: Packet) -> None:
    assert without(shown, NEEDLES) == shown


@pytest.mark.parametrize(
    "document",
    [b'{"told":"Ann Lee"}', b"\x00\xff Ann Lee", orjson.dumps({"format": 2, "told": "Ann Lee"})],
)
def test_of_one_that_cannot_be_read_a_sentence_is_left(document: bytes) -> None:
    with pytest.raises(UnreadablePacketError, match="no packet of format 1"):
        packet_of(document)
    left = packet_without(document, NEEDLES)
    assert left[Form.JSON] == document.replace(b"Ann Lee", b"***")
    assert SENTENCE in article_of(left[Form.HTML])
    assert style_source(left[Form.HTML]).startswith("'sha256-")
    nbformat.validate(nbformat.reads(left[Form.NOTEBOOK].decode(), as_version=4))
    assert left[Form.PDF].startswith(b"%PDF")


def test_another_format_is_named(shown: Packet) -> None:
    with pytest.raises(UnreadablePacketError, match="it has format 2"):
        packet_of(replace(shown, format=2).as_json())
