"""docs/guides/alerts.md, followed word by word where a machine can."""

import re
from pathlib import Path

from hotdash.notifications.channels.registry import channel_kinds
from hotdash.notifications.rules_file import parse_rules
from tests.fixtures.alerts import default_rules

GUIDE = (Path(__file__).parents[2] / "docs/guides/alerts.md").read_text()


def test_its_rules_are_rules() -> None:
    [written] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    own, default = parse_rules(written), default_rules()
    assert own.on_call == default.on_call
    assert own.clocks == default.clocks
    assert own.patience == default.patience


def test_it_names_every_default_channel_and_every_kind_with_its_fields() -> None:
    for name in set(default_rules().named_channels) - {"file"}:
        assert f"`{name}`" in GUIDE, name
    for kind, spec in channel_kinds().items():
        [row] = re.findall(rf"^\| `{kind}` \| (.*) \|$", GUIDE, re.MULTILINE)
        for each in spec.fields:
            assert f"`{each.name}`" in row or each.name == "address", (kind, each.name)
