"""The secret before is believed for a day, and no longer."""

from datetime import UTC, datetime, timedelta

from hotdash.jobs.secret_overlap import secret_before, with_secret_before

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD = {"token": "t", "secret": "one"}


def test_the_secret_before_is_believed_for_a_day() -> None:
    kept = with_secret_before("secret", OLD, {"token": "t", "secret": "two"}, NOW)
    assert (kept["secret"], kept["token"]) == ("two", "t")
    assert secret_before("secret", kept, NOW) == "one"
    assert secret_before("secret", kept, NOW + timedelta(hours=23, minutes=59)) == "one"
    assert secret_before("secret", kept, NOW + timedelta(days=1)) is None


def test_where_nothing_was_replaced_nothing_is_added() -> None:
    assert with_secret_before("secret", OLD, OLD, NOW) == OLD
    assert with_secret_before("secret", {}, OLD, NOW) == OLD
    assert with_secret_before(None, OLD, {"secret": "two"}, NOW) == {"secret": "two"}
    assert secret_before("secret", OLD, NOW) is None
