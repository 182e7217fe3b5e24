"""A file a person names, as text."""

from pathlib import Path

from hotdash.base.errors import HotdashError


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HotdashError(
            f"The file {file.name} cannot be read: {error}.",
            hint="Give the path of a CSV file in UTF-8.",
            field="file",
        ) from None
