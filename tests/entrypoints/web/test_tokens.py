"""The colours of both themes hold WCAG's contrast on everything they stand on."""

import re
from itertools import product

import pytest

from hotdash.entrypoints.web.assets import FOLDER

TOKENS = dict(
    re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\);",
        (FOLDER / "tokens.css").read_text(),
    )
)
GROUNDS = ("bg", "surface")
ON_GROUND = [*product(("ink", "muted", "blue"), GROUNDS), ("ok", "surface"), ("act", "surface")]
ON_WASH = [("ok", "ok-wash"), ("watch", "watch-wash"), ("act", "act-wash"), ("blue", "blue-wash")]


def colour(token: str, theme: int) -> str:
    return TOKENS[token].split(", ")[theme]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
class TestContrast:
    @pytest.mark.parametrize(("text", "ground"), ON_GROUND)
    def test_text(self, text: str, ground: str, theme: int) -> None:
        assert contrast(colour(text, theme), colour(ground, theme)) >= 4.5

    @pytest.mark.parametrize(("text", "ground"), [*ON_WASH, ("ink", "sunken"), ("on-ink", "ink")])
    def test_on_its_wash(self, text: str, ground: str, theme: int) -> None:
        least = 4.5 if text in ("ink", "on-ink") else 3.0
        assert contrast(colour(text, theme), colour(ground, theme)) >= least

    @pytest.mark.parametrize("ground", GROUNDS)
    def test_edges_of_controls(self, ground: str, theme: int) -> None:
        assert contrast(colour("control", theme), colour(ground, theme)) >= 3.0


def test_the_tokens_are_those_of_the_house() -> None:
    assert TOKENS["bg"] == "#f6f7f8, #101418"
    assert TOKENS["ink"] == "#17202a, #e7ebef"
    assert TOKENS["watch"] == "#5f4200, #ffe45c"
