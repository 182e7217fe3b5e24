"""How much one address and one key may send: buckets that fill up again, never more of them than fit."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_BUCKETS = 20_000


@dataclass
class _Bucket:
    left: float
    seen: float


@dataclass
class RateLimit:
    """`burst` at once, then `per_second`; who was not seen for longest is forgotten, with a full bucket."""

    per_second: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    most: int = MOST_BUCKETS
    _buckets: "OrderedDict[str, _Bucket]" = field(
        default_factory=lambda: OrderedDict[str, _Bucket]()
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str) -> float:
        """0 where there was room, else the seconds until there is."""
        now = self.clock()
        with self._lock:
            bucket = self._buckets.pop(name, None) or _Bucket(float(self.burst), now)
            grown = bucket.left + (now - bucket.seen) * self.per_second
            bucket.left, bucket.seen = min(float(self.burst), grown), now
            self._buckets[name] = bucket
            if len(self._buckets) > self.most:
                self._buckets.popitem(last=False)
            if bucket.left < 1:
                return (1 - bucket.left) / self.per_second
            bucket.left -= 1
            return 0.0

    def __len__(self) -> int:
        return len(self._buckets)
