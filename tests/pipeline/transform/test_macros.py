"""The engine macros answer alike on every engine."""

import hashlib
from typing import Any

from tests.fixtures.warehouses import BuiltWarehouse

CASES = {
    "the day at the shop": (
        "{{ shop_local_date(\"timestamptz '2026-03-01 03:30:00+00'\", \"'America/New_York'\") }}",
        "2026-02-28",
    ),
    **{
        f"the day of the quarter of an hour in {zone}, {instant}": (
            f"{{{{ shop_local_date(quarter_hour(\"timestamptz '{instant}'\"), \"'{zone}'\") }}}}",
            day,
        )
        for zone, instant, day in (
            ("Asia/Kathmandu", "2026-03-01 18:14:59.999999+00", "2026-03-01"),
            ("Asia/Kathmandu", "2026-03-01 18:15:00+00", "2026-03-02"),
            ("Australia/Eucla", "2026-03-01 15:14:59.999999+00", "2026-03-01"),
            ("Australia/Eucla", "2026-03-01 15:15:00+00", "2026-03-02"),
            ("Asia/Kolkata", "1969-06-01 18:29:59+00", "1969-06-01"),
            ("America/St_Johns", "2026-11-01 02:29:59.999999+00", "2026-10-31"),
        )
    },
    "a value that fits": ("{{ cast_or_null(\"'12.345'\", 'numeric(20,4)') }}", "12.3450"),
    "an amount too large": ("{{ cast_or_null('99999999999999999999', 'numeric(20,4)') }}", None),
    "an amount that is no number": ("{{ cast_or_null(\"'12,3'\", 'numeric(20,4)') }}", None),
    "a sum too large": (
        "{{ fit_number('(select sum(x) from (values (cast(9e18 as bigint)), "
        "(cast(9e18 as bigint))) as v (x))', 'bigint') }}",
        None,
    ),
    "not a boolean": ("{{ cast_or_null(\"'perhaps'\", 'boolean') }}", None),
    "a boolean": ("{{ cast_or_null(\"'true'\", 'boolean') }}", "true"),
    "a count too large": ("{{ cast_or_null('99999999999999999999', 'bigint') }}", None),
    "the largest gross without an overflow": (
        "{{ net_of_rate('cast(9999999999999998.99 as numeric(20,4))', "
        "'cast(0 as numeric(9,6))', '100') }}",
        "9999999999999998.9900",
    ),
    "tax taken out of yen": (
        "{{ net_of_rate('cast(1000 as numeric(20,4))', 'cast(0.1 as numeric(9,6))', '1') }}",
        "909.0000",
    ),
    "half a cent below zero goes away from zero": (
        "{{ net_of_rate('cast(-0.03 as numeric(20,4))', 'cast(0.2 as numeric(9,6))', '100') }}",
        "-0.0300",
    ),
    "a rate of minus one is no number": (
        "{{ net_of_rate('cast(1 as numeric(20,4))', 'cast(-1 as numeric(9,6))', '100') }}",
        None,
    ),
    "an absurd rate does not overflow": (
        "{{ net_of_rate('cast(10 as numeric(20,4))', 'cast(999.999999 as numeric(9,6))', '100') }}",
        "0.0100",
    ),
    "the day spine": (
        "(select count(*) from ({{ day_spine('2026-02-27', '2026-03-02') }}) as spine)",
        "4",
    ),
    "the median of four is the mean of the middle two": (
        "(select {{ median('amount') }} from (values (cast(1.10 as numeric(20,4))), "
        "(cast(2.25 as numeric(20,4))), (cast(2.30 as numeric(20,4))), "
        "(cast(90 as numeric(20,4)))) as amounts (amount))",
        "2.2750",
    ),
    "the median of three is the middle one": (
        "(select {{ median('amount') }} from (values (cast(1 as numeric(20,4))), "
        "(cast(3 as numeric(20,4))), (cast(2 as numeric(20,4)))) as amounts (amount))",
        "2.0000",
    ),
    "a click of half a half-life counts 759,250,125 of 1,073,741,824": (
        "{{ decayed_weight('cast(43200 as bigint)', 'cast(86400 as bigint)') }}",
        "759250125",
    ),
    "a click of 35.5 half-lives still counts": (
        "{{ decayed_weight('cast(3067200 as bigint)', 'cast(86400 as bigint)') }}",
        "1",
    ),
    "a key inside a key": (
        '{{ json_pick("cast(\'{\\"a\\": {\\"b\\": \\"c\\"}}\' as json)", [\'a\', \'b\']) }}',
        "c",
    ),
    "no such key": ("{{ json_pick(\"cast('{}' as json)\", ['a']) }}", None),
    "an instant in a row hash": (
        "{{ canonical_text(\"timestamptz '2026-03-01 03:30:00.5+02'\", 'timestamptz') }}",
        str(1772328600_500000),
    ),
    "an amount in a row hash": (
        "{{ canonical_text('cast(-0.5 as numeric(20,4))', 'numeric(20,4)') }}",
        "-0.5000",
    ),
    "a flag in a row hash": ("{{ canonical_text('(1 = 0)', 'boolean') }}", "false"),
    "a day in a row hash": ("{{ canonical_text(\"date '1969-12-31'\", 'date') }}", "-1"),
    "no value in a row hash": (
        "{{ rows_sum([{'name': 'cast(null as text)', 'data_type': 'text'}]) }}",
        str(int(hashlib.md5(chr(30).encode()).hexdigest()[:15], 16)),
    ),
}


def shown(built: BuiltWarehouse, expressions: dict[str, str]) -> dict[str, Any]:
    """What dbt computes for the expressions, as texts."""
    columns = ", ".join(
        f"cast({expression} as text) as value_{number}"
        for number, expression in enumerate(expressions.values())
    )
    project = built.project
    answer = project._invoke(project.manifest, ["show", "--inline", f"select {columns}"], None)
    (row,) = answer.result.results[0].agate_table.rows
    return dict(zip(expressions, row, strict=True))


def test_macros(built: BuiltWarehouse) -> None:
    found = shown(built, {name: expression for name, (expression, _) in CASES.items()})
    assert found == {name: value for name, (_, value) in CASES.items()}
