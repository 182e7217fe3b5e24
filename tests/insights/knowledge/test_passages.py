"""A text is cut along its headings; no word is lost and none is cut without need."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.insights.knowledge.passages import LONGEST, MOST, passages_of

GUIDE = """# Backups

Every night one is made.

## Restore

Choose the [point](restore.md) by time.

```
# not a heading
```

### By hand

Copy the file.
"""


def test_each_passage_stands_under_its_headings() -> None:
    assert passages_of("Backups", GUIDE) == [
        ("Backups", "Every night one is made."),
        ("Backups › Restore", "Choose the point by time.\n\n```\n# not a heading\n```"),
        ("Backups › Restore › By hand", "Copy the file."),
    ]


def test_a_document_without_a_word_is_found_by_its_title() -> None:
    assert passages_of("Empty", "") == [("Empty", "")]


def test_of_a_text_of_a_thousand_headings_the_first_are_kept() -> None:
    found = passages_of("Long", "\n".join(f"# H{number}\nBody." for number in range(MOST + 9)))

    assert len(found) == MOST
    assert found[-1] == (f"Long › H{MOST - 1}", "Body.")


@settings(max_examples=80)
@given(st.lists(st.text("abc .!\n", max_size=400), max_size=20))
def test_no_word_is_lost_and_no_passage_is_too_long(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)

    found = passages_of("T", text)

    assert all(len(body) <= LONGEST for _, body in found)
    letters = "".join(body for _, body in found)
    assert "".join(letters.split()) == "".join(text.split())
