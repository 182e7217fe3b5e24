"""Whole columns as the raw tables want them: what does not fit is marked, never bent and never NULL in silence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from hotdash.connectors.arrow import array, compute, repeated, whole
from hotdash.connectors.files.parts import Kind
from hotdash.connectors.records import FLAG, INSTANT, MONEY, TEXT, WHOLE

RATE = pa.decimal128(9, 6)
# Beyond what any shop sells; a price times a quantity within them fits into its column.
MOST_MONEY, MOST_UNITS = 10**11, 10**5
_WIDE = pa.decimal128(38, 18)
_EXACT_WITHIN = 1e-6
_LARGEST_EXACT = float(2**53)
_WHOLE = r"^[-+]?[0-9]{1,18}(\.0*)?$"
_DECIMAL = r"^[-+]?[0-9]{1,15}(\.[0-9]{0,18})?$"
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d(:?\d\d)?)$"

KINDS: Mapping[Kind, pa.DataType] = {
    Kind.ID: WHOLE,
    Kind.COUNT: WHOLE,
    Kind.UNITS: WHOLE,
    Kind.MONEY: MONEY,
    Kind.NUMBER: MONEY,
    Kind.RATE: RATE,
    Kind.FLAG: FLAG,
    Kind.INSTANT: INSTANT,
    Kind.TEXT: TEXT,
    Kind.WORD: TEXT,
}


@dataclass(frozen=True)
class Fitted:
    """The values, empty where there was none or where it did not fit; `bad` marks the latter."""

    values: Any
    bad: Any


def fit(kind: Kind, column: Any, minor_digits: int) -> Fitted:
    """`minor_digits` are those of the shop's currency: how far a float may be trusted."""
    column = whole(column)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return Fitted(column.cast(KINDS[kind]), repeated(False, FLAG, len(column)))
    if pa.types.is_large_string(column.type):
        column = column.cast(TEXT)
    return _FITTERS[kind](column, minor_digits)


def _whole_number(column: Any, minor_digits: int) -> Fitted:
    del minor_digits
    kind = column.type
    if pa.types.is_integer(kind):
        return _from_integer(column)
    if pa.types.is_floating(kind):
        return _kept(column, _is_whole_float(column), WHOLE)
    if pa.types.is_decimal(kind):
        fits = compute.equal(compute.round(column, 0), column)
        return _kept(column, compute.and_(fits, _within(column, 10**18)), WHOLE)
    if pa.types.is_string(kind):
        fits = compute.match_substring_regex(column, _WHOLE)
        digits = compute.replace_substring_regex(column, r"^\+|\.0*$", "")
        return _kept(digits, fits, WHOLE)
    return _nothing_fits(column, WHOLE)


def _count(column: Any, minor_digits: int) -> Fitted:
    counted = _whole_number(column, minor_digits)
    fitted = _kept(counted.values, _below(counted.values, MOST_UNITS))
    return Fitted(fitted.values, compute.or_(fitted.bad, counted.bad))


def _from_integer(column: Any) -> Fitted:
    if column.type != pa.uint64():
        return Fitted(column.cast(WHOLE), repeated(False, FLAG, len(column)))
    return _kept(column, compute.less_equal(column, pa.scalar(2**63 - 1, pa.uint64())), WHOLE)


def _amount(column: Any, minor_digits: int) -> Fitted:
    return _scaled(column, MONEY, 4, minor_digits, MOST_MONEY)


def _number(column: Any, minor_digits: int) -> Fitted:
    """Of no currency: a percentage has its digits also where money has none."""
    del minor_digits
    return _scaled(column, MONEY, 4, 4, MOST_MONEY)


def _rate(column: Any, minor_digits: int) -> Fitted:
    """A rate has no currency: six digits are kept of a float."""
    del minor_digits
    return _scaled(column, RATE, 6, 6, 1_000)


def _scaled(
    column: Any, target: pa.DataType, digits: int, float_digits: int, largest: int
) -> Fitted:
    kind = column.type
    if pa.types.is_integer(kind):
        counted = _from_integer(column)
        fitted = _kept(
            counted.values, _below(counted.values, largest), pa.decimal128(19, 0), target
        )
        return Fitted(fitted.values, compute.or_(fitted.bad, counted.bad))
    if pa.types.is_floating(kind):
        return _from_float(column, target, float_digits, largest)
    bad_text: Any = None
    if pa.types.is_string(kind):
        fits = compute.match_substring_regex(column, _DECIMAL)
        read = compute.if_else(fits, column, pa.scalar(None, TEXT)).cast(_WIDE)
        bad_text = compute.invert(fits)
        column = read
    elif not pa.types.is_decimal(kind):
        return _nothing_fits(column, target)
    exact = compute.equal(compute.round(column, digits), column)
    fitted = _kept(column, compute.and_(exact, _within(column, largest)), target)
    if bad_text is None:
        return fitted
    return Fitted(fitted.values, compute.or_(fitted.bad, compute.fill_null(bad_text, False)))


def _from_float(column: Any, target: pa.DataType, digits: int, largest: int) -> Fitted:
    """Loaders keep money as floats: the nearest whole minor unit, if the float really meant it."""
    doubles = column.cast(pa.float64())
    units = compute.round(compute.multiply(doubles, float(10**digits)))
    off = compute.abs(compute.subtract(doubles, compute.divide(units, float(10**digits))))
    fits = compute.and_(
        compute.is_finite(doubles),
        compute.and_(compute.less_equal(off, _EXACT_WITHIN), _below(units, _LARGEST_EXACT)),
    )
    fits = compute.and_(fits, _below(doubles, largest))
    counted = compute.if_else(fits, units, pa.scalar(None, pa.float64())).cast(pa.int64())
    unit = pa.scalar(Decimal(1).scaleb(-digits), pa.decimal128(digits + 1, digits))
    values = compute.multiply(counted.cast(pa.decimal128(19, 0)), unit)
    return Fitted(values.cast(target), _unfit(column, fits))


def _flag(column: Any, minor_digits: int) -> Fitted:
    del minor_digits
    kind = column.type
    if pa.types.is_boolean(kind):
        return Fitted(column, repeated(False, FLAG, len(column)))
    if pa.types.is_integer(kind):
        return _kept(column, compute.is_in(column, value_set=array([0, 1], kind)), FLAG)
    if pa.types.is_string(kind):
        told = compute.utf8_lower(column)
        return _kept(told, compute.is_in(told, value_set=array(["true", "false"], TEXT)), FLAG)
    return _nothing_fits(column, FLAG)


def _instant(column: Any, minor_digits: int) -> Fitted:
    """Loaders write UTC where they name no zone."""
    del minor_digits
    kind: Any = column.type
    if pa.types.is_timestamp(kind):
        in_utc = column if kind.tz else compute.assume_timezone(column, "UTC")
        return Fitted(in_utc.cast(INSTANT, safe=False), repeated(False, FLAG, len(column)))
    if pa.types.is_string(kind):
        fits = compute.match_substring_regex(column, _ISO)
        fine = compute.replace_substring_regex(column, r"(\.\d{6})\d+", r"\1")
        told = compute.if_else(fits, fine, pa.scalar(None, TEXT))
        try:
            return Fitted(told.cast(INSTANT), _unfit(column, fits))
        except pa.ArrowInvalid:
            read = _instants_one_by_one(told)
            return Fitted(read, _unfit(column, compute.is_valid(read)))
    return _nothing_fits(column, INSTANT)


def _instants_one_by_one(column: Any) -> Any:
    """A month 13 looks like an instant until somebody reckons with it."""
    values: list[Any] = []
    for each in column:
        try:
            values.append(each.cast(INSTANT))
        except pa.ArrowInvalid:
            values.append(pa.scalar(None, INSTANT))
    return array([each.as_py() for each in values], INSTANT)


def _text(column: Any, minor_digits: int) -> Fitted:
    """Texts every database can hold: UTF-8 without NUL."""
    del minor_digits
    kind = column.type
    if pa.types.is_integer(kind):
        return Fitted(column.cast(TEXT), repeated(False, FLAG, len(column)))
    if not pa.types.is_string(kind):
        return _nothing_fits(column, TEXT)
    try:
        column.validate(full=True)
        fits = compute.invert(compute.match_substring(column, "\0"))
    except pa.ArrowInvalid:
        fits = array([_is_text(each) for each in column.cast(pa.binary()).to_pylist()], FLAG)
    return Fitted(compute.if_else(fits, column, pa.scalar(None, TEXT)), _unfit(column, fits))


def _word(column: Any, minor_digits: int) -> Fitted:
    """`Refund discrepancy` and `refund_discrepancy` are REFUND_DISCREPANCY."""
    text = _text(column, minor_digits)
    words = compute.replace_substring(compute.utf8_upper(text.values), " ", "_")
    return Fitted(words, text.bad)


def _is_text(value: bytes | None) -> bool | None:
    if value is None:
        return None
    try:
        return "\0" not in value.decode()
    except UnicodeDecodeError:
        return False


def _is_whole_float(column: Any) -> Any:
    return compute.and_(
        compute.equal(compute.floor(column), column), _below(column, _LARGEST_EXACT)
    )


def _below(column: Any, largest: float) -> Any:
    return compute.and_(compute.less(column, largest), compute.greater(column, -largest))


def _within(column: Any, largest: int) -> Any:
    bound = pa.scalar(Decimal(largest), pa.decimal128(38, 0))
    lowest = pa.scalar(Decimal(-largest), pa.decimal128(38, 0))
    whole_part = compute.trunc(column).cast(pa.decimal128(38, 0), safe=False)
    return compute.and_(compute.less(whole_part, bound), compute.greater(whole_part, lowest))


def _kept(column: Any, fits: Any, *targets: pa.DataType) -> Fitted:
    kept = compute.if_else(fits, column, pa.scalar(None, column.type))
    for target in targets:
        kept = kept.cast(target)
    return Fitted(kept, _unfit(column, fits))


def _unfit(column: Any, fits: Any) -> Any:
    return compute.and_(compute.is_valid(column), compute.invert(compute.fill_null(fits, False)))


def _nothing_fits(column: Any, target: pa.DataType) -> Fitted:
    return Fitted(repeated(None, target, len(column)), compute.is_valid(column))


_FITTERS: Mapping[Kind, Callable[[Any, int], Fitted]] = {
    Kind.ID: _whole_number,
    Kind.COUNT: _count,
    Kind.UNITS: _whole_number,
    Kind.MONEY: _amount,
    Kind.NUMBER: _number,
    Kind.RATE: _rate,
    Kind.FLAG: _flag,
    Kind.INSTANT: _instant,
    Kind.TEXT: _text,
    Kind.WORD: _word,
}
