"""The days on which several things meet, summed by hand: gross - discounts - refunds + shipping - shipping refunds."""

from tests.golden.expected import ExpectedDay

DAYS = (
    ExpectedDay("ny", "2026-01-05", 1, "85", "85", "80.00 + 5.00"),
    ExpectedDay("ny", "2026-01-07", 2, "55", "55", "20.00 beside the gift card + 35.00"),
    ExpectedDay("ny", "2026-01-08", 1, "60", "100", "100.00 - 40.00; the refund came a day later"),
    ExpectedDay("ny", "2026-01-09", 0, "0", "-40", "no order; the 40.00 of the day before"),
    ExpectedDay("ny", "2026-01-10", 1, "0", "100", "100.00 - 100.00; given back in 20 days"),
    ExpectedDay("ny", "2026-01-30", 0, "0", "-100", "no order; the 100.00 of 10 January"),
    ExpectedDay("ny", "2026-01-11", 1, "-15", "-15", "30.00 - 45.00, the same day"),
    ExpectedDay("ny", "2026-01-12", 1, "25", "25", "25.00 + 10.00 - 10.00"),
    ExpectedDay("ny", "2026-01-31", 1, "11", "11", "03:30 UTC belongs to the evening before"),
    ExpectedDay("ny", "2025-11-02", 2, "7", "7", "3.00 + 4.00 within 25 hours"),
    ExpectedDay("ny", "2026-02-10", 1, "70", "70", "the removed 30.00 do not haunt"),
    ExpectedDay("ny", "2026-02-13", 1, "19", "19", "where it was moved to"),
    ExpectedDay("ny", "2026-02-16", 1, "50", "100", "100.00 - 50.00; given back two days later"),
    ExpectedDay("ny", "2026-02-18", 0, "0", "-50", "the 50.00 of the exchange"),
    ExpectedDay("ny", "2026-05-01", 1, "60", "60", "partially paid, counted by policy"),
    ExpectedDay("ny", "2026-05-05", 1, "20", "20", "the part alone"),
    ExpectedDay("ny", "2026-05-06", 0, "0", "0", "a gift card came back: no merchandise"),
    ExpectedDay("ny", "2026-05-08", 1, "0", "0", "a free sample"),
    ExpectedDay("berlin", "2026-01-05", 1, "100", "100", "120.00 - 20.00"),
    ExpectedDay("berlin", "2026-01-06", 1, "0", "0", "100.00 - 100.00"),
    ExpectedDay("berlin", "2026-01-07", 1, "90", "90", "100.00 - 10.00"),
    ExpectedDay("berlin", "2026-01-09", 1, "0", "55", "50 - 50 + 5 - 5; 23:30 UTC is 00:30 here"),
    ExpectedDay("berlin", "2026-01-20", 0, "0", "-55", "- 50.00 - 5.00"),
    ExpectedDay("berlin", "2026-01-12", 1, "0.02", "0.02", "0.03 - 0.01"),
    ExpectedDay("tokyo", "2026-01-06", 1, "909", "909", "1000 - 91"),
    ExpectedDay("tokyo", "2026-01-07", 1, "0", "0", "909 - 909"),
    ExpectedDay("kuwait", "2026-01-05", 1, "6.667", "6.667", "7.407 - 0.740"),
)

EMPTY_DAYS = (
    ("ny", "2026-01-06", "voided"),
    ("ny", "2026-01-13", "cancelled"),
    ("ny", "2026-01-14", "a test and an authorisation"),
    ("ny", "2026-02-01", "03:30 UTC is the day before"),
    ("ny", "2026-02-12", "the order moved away"),
    ("ny", "2026-04-30", "partially paid before the policy"),
    ("ny", "2026-05-07", "deleted"),
)
