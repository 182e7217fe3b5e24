"""A packet as a notebook that nobody has run yet: its sentences, and the SQL that proves them."""

import re
from typing import Any

import orjson

from hotdash.reports.packet.contract import Packet, Query, Statement

_CONNECT = """import hashlib
import os

import psycopg

# The app database of the installation, only to be read.
connection = psycopg.connect(os.environ["HOTDASH_DATABASE_URL"])
connection.read_only = True
connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ


def ask(sql, asked, digest=None):
    rows = connection.execute(sql, asked).fetchall()
    told = sorted(repr([str(value) for value in row]) for row in rows)
    found = hashlib.sha256("\\n".join(told).encode()).hexdigest()[:16]
    assert digest in (None, found), "These rows are no longer those of the packet's publication."
    return rows"""
_ADDS_UP = """from decimal import Decimal

for name, change, parts in {parts}:
    assert sum(map(Decimal, parts), Decimal(0)) == Decimal(change), name
    print(name, change, "=", " + ".join(parts))"""


_MARKUP = re.compile(r"([\\`*_{}\[\]()#$|~!>])")


def notebook_of(packet: Packet) -> bytes:
    told = [f"- {_plain(each.text)}" for each in packet.headline]
    cells = [
        _words(f"# {_plain(packet.shop_name)}, week {packet.week}\n\n" + "\n".join(told)),
        _code(_CONNECT),
    ]
    for query in packet.queries:
        cells += _cells(query)
    cells += [_words("## The drivers add up"), _code(_adds_up(packet))]
    return _written(cells)


def notebook_with(words: str) -> bytes:
    return _written([_words(words)])


def _written(cells: list[dict[str, Any]]) -> bytes:
    """nbformat 4.5; ids are by place, so that the same packet is the same bytes."""
    document = {
        "cells": [{**each, "id": f"cell-{place}"} for place, each in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def _cells(query: Query) -> list[dict[str, Any]]:
    if not query.statements:
        return []
    link = f"\n\n[Ask again]({query.url})" if query.url else ""
    return [_words(f"## {query.title}{link}"), *(_code(_asked(each)) for each in query.statements)]


def _asked(each: Statement) -> str:
    return f'ask(\n    """\n{each.sql}\n""",\n    {dict(each.asked)!r},\n    {each.digest!r},\n)'


def _adds_up(packet: Packet) -> str:
    parts = [
        (each.title, str(each.change), [str(driver.change) for driver in each.drivers])
        for each in packet.changes
        if each.why is None
    ]
    return _ADDS_UP.replace("{parts}", repr(parts))


def _plain(text: str) -> str:
    """A name of a shop, product or campaign is shown and never read as markup, formula or HTML."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split())).replace("&", "&amp;").replace("<", "&lt;")


def _words(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str) -> dict[str, Any]:
    outputs: list[Any] = []
    return {
        "cell_type": "code",
        "metadata": {},
        "source": text,
        "execution_count": None,
        "outputs": outputs,
    }
