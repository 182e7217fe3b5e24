"""What an error came of is told to its end, also where the end is the beginning."""

from hotdash.base.errors import causes_of


def test_of_what_caused_itself_the_causes_end() -> None:
    first, second = ValueError("first"), OSError("second")
    first.__cause__, second.__context__ = second, first
    assert list(causes_of(first)) == [first, second]
    first.__cause__ = first
    assert list(causes_of(first)) == [first]
    assert list(causes_of(None)) == []
