"""Lines gathered into pieces that are worth sending."""

from collections.abc import Iterable, Iterator

_WORTH_SENDING = 32 * 1024


def in_pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for line in lines:
        gathered.append(line)
        size += len(line)
        if size >= _WORTH_SENDING:
            yield b"".join(gathered)
            gathered, size = [], 0
    if gathered:
        yield b"".join(gathered)
