"""The same request over and over on a few connections, written by hand: a client library would cost more."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Answers:
    """Milliseconds of each, sorted; and how long all of them took together."""

    milliseconds: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds


def asked_again(port: int, path: str, cookie: str, *, connections: int, times: int) -> Answers:
    return asyncio.run(_asked_again(port, path, cookie, connections, times))


async def _asked_again(port: int, path: str, cookie: str, connections: int, times: int) -> Answers:
    lines = [f"GET {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"cookie: {cookie}", "", ""]
    request = "\r\n".join(lines).encode()
    left = iter(range(times))
    took: list[float] = []

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in left:
            began = time.perf_counter()
            writer.write(request)
            status = await answered(reader)
            took.append((time.perf_counter() - began) * 1000)
            assert status == 200, status
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(connections)))
    return Answers(sorted(took), time.perf_counter() - began)


async def answered(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(" ", 2)[1])
