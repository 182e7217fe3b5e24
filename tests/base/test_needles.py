"""A person's words are found however they are written, and somebody else's are not."""

import json
import re
from urllib.parse import quote, quote_plus

import pytest

from hotdash.base.needles import Needles, escaped

ADDRESS = "ann.o'hara+shop@mail.example"
NAME = 'Zoë "Zo" Ünal (Åsa)'
NEEDLES = Needles.of([ADDRESS, NAME, "Ann", None])


@pytest.mark.parametrize(
    "written",
    [
        *(ADDRESS, ADDRESS.upper(), quote(ADDRESS), quote_plus(ADDRESS)),
        *(NAME, NAME.upper(), NAME.lower(), quote(NAME), quote_plus(NAME)),
        *(json.dumps(NAME)[1:-1], json.dumps(NAME, ensure_ascii=False)[1:-1]),
        *(
            escaped(NAME),
            escaped(NAME.upper()),
            escaped(json.dumps(NAME, ensure_ascii=False)[1:-1]),
        ),
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


@pytest.mark.parametrize(
    "written",
    [
        *("bo.ann.lee@mail.example", "joann.lee@mail.example", "x-ann.lee@mail.example"),
        *(
            "ann.lee@mail.example.org",
            "ann.lee@mail.examples",
            "ann.lee@mail.example-shop.org",
            "bo_ann.lee@mail.example",
            "Joann Leeds",
            "Ann Leeds",
            "Joann Lee",
        ),
    ],
)
def test_a_part_of_another_word_is_another_person(written: str) -> None:
    needles = Needles.of(["ann.lee@mail.example", "Ann Lee"])
    assert not needles.stand_in(written.encode())
    assert list(needles.places_in(written.encode())) == []
    assert not re.search(needles.pattern, written, re.IGNORECASE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(
            ("", ""),
            ("<", ">"),
            ('"', '"'),
            (" -", "."),
            ("mailto:", "?x"),
            ("to=", "&y"),
            ("a, ", "..."),
            ("", "_2026"),
            ("", "-_2026.csv"),
        ),
        *(("Hello\\n", "\\n"), ("\\u003c", "\\u003e"), ("a%20", "%20b"), ("a+", "+b"), ("ü", "ü")),
    ],
)
def test_a_word_stands_apart_in_every_writing(before: str, after: str) -> None:
    needles = Needles.of(["ann.lee@mail.example", "Ann Lee"])
    for word in ("ann.lee@mail.example", "Ann Lee"):
        told = f"{before}{word}{after}"
        assert needles.stand_in(told.encode()), told
        assert len(list(needles.places_in(told.encode()))) == 1
        assert re.sub(needles.pattern, r"\1\2***\3", told, flags=re.I) == f"{before}***{after}"


def test_postgres_is_asked_for_the_same_with_its_wildcards_taken_literally() -> None:
    likes = Needles.of(['50%_"off\\'])
    assert '%50\\%\\_"off\\\\%' in likes.likes
    assert '%50\\%\\_""off\\\\\\\\%' in likes.likes, "as a row quotes it"


def test_a_short_word_is_no_needle() -> None:
    assert not Needles.of(["Ann", " Bo ", "", None])


def test_another_word_stands_in_its_place() -> None:
    needles = Needles.of(["ann.lee@mail.example", "Ann Lee"])
    assert needles.replaced_in("ANN LEE Ann Lee_2026.csv", "erased") == "erased erased_2026.csv"
    assert Needles.of([]).replaced_in("Ann Lee", "erased") == "Ann Lee"


def test_its_repr_says_nothing() -> None:
    assert "hara" not in repr(NEEDLES)
