"""When days already computed no longer stand."""

from dataclasses import replace

import pytest

from hotdash.pipeline.transform.rebuild import reason_for_rebuild
from hotdash.storage.warehouse.build_ledger import BuiltFrom

BEFORE = BuiltFrom("project", {"a": "Europe/Berlin", "b": None}, "policies")


def test_nothing_changed() -> None:
    assert reason_for_rebuild(BEFORE, BEFORE) is None


def test_a_new_shop_changes_no_day_of_the_others() -> None:
    now = replace(BEFORE, shop_timezones={**BEFORE.shop_timezones, "c": "Asia/Tokyo"})
    assert reason_for_rebuild(BEFORE, now) is None


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        (None, BEFORE, "never built"),
        (BEFORE, replace(BEFORE, project_hash="other"), "transformations changed"),
        (BEFORE, replace(BEFORE, policies_hash="other"), "metric policy"),
        (
            BEFORE,
            replace(BEFORE, shop_timezones={"a": "Europe/Paris", "b": None}),
            "a from Europe/Berlin to Europe/Paris",
        ),
        (
            BEFORE,
            replace(BEFORE, shop_timezones={"a": "Europe/Berlin", "b": "Asia/Tokyo"}),
            "b from None to Asia/Tokyo",
        ),
    ],
)
def test_everything_is_computed_anew(before: BuiltFrom | None, now: BuiltFrom, reason: str) -> None:
    assert reason in str(reason_for_rebuild(before, now))
