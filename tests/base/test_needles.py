"""A person's words are found however they are written, and somebody else's are not."""

import json
from urllib.parse import quote, quote_plus

import pytest

from hotdash.base.needles import Needles

ADDRESS = "ann.o'hara+shop@mail.example"
NAME = 'Zoë "Zo" Ünal (Åsa)'
NEEDLES = Needles.of([ADDRESS, NAME, "Ann", None])


@pytest.mark.parametrize(
    "written",
    [
        *(ADDRESS, ADDRESS.upper(), quote(ADDRESS), quote_plus(ADDRESS)),
        *(NAME, NAME.upper(), NAME.lower(), quote(NAME), quote_plus(NAME)),
        *(json.dumps(NAME)[1:-1], json.dumps(NAME, ensure_ascii=False)[1:-1]),
    ],
)
def test_every_spelling_is_found_where_it_stands(written: str) -> None:
    told = b"\x00\xffsomething before " + written.encode()
    assert NEEDLES.stand_in(told + b" and after")
    assert len(told) in {end for _, end in NEEDLES.places_in(told + b" and after")}


@pytest.mark.parametrize(
    "written", ["annXo'hara+shop@mail.example", "Ann", "Zoë Zo Ünal (Åsa)", ""]
)
def test_another_is_not(written: str) -> None:
    assert not NEEDLES.stand_in(written.encode())
    assert list(NEEDLES.places_in(written.encode())) == []


def test_postgres_is_asked_for_the_same_with_its_wildcards_taken_literally() -> None:
    likes = Needles.of(['50%_"off\\'])
    assert '%50\\%\\_"off\\\\%' in likes.likes
    assert '%50\\%\\_""off\\\\\\\\%' in likes.likes, "as a row quotes it"


def test_a_short_word_is_no_needle() -> None:
    assert not Needles.of(["Ann", " Bo ", "", None])


def test_its_repr_says_nothing() -> None:
    assert "hara" not in repr(NEEDLES)
