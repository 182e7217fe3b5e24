"""Which addresses are of one site, and in what form each is asked for once."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from hotdash.base.errors import HotdashError

_PORTS = {"http": 80, "https": 443}
# What is no text, or changes something of whoever asks.
_NO_PAGES = (
    *(".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico", ".avif", ".css", ".js", ".json"),
    *(".pdf", ".zip", ".mp4", ".webm", ".mp3", ".woff", ".woff2", ".xml", ".csv", ".atom", ".rss"),
)
# In bytes: a longer one fits into no index of the database, and leads to no page that a person reads.
_LONGEST = 2_000


class SiteError(HotdashError):
    code = "invalid_site"


@dataclass(frozen=True, slots=True)
class Site:
    """One scheme, host and port; an address elsewhere is none of ours."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, address: str) -> "Site":
        parts = _split(address)
        if parts is None or parts.scheme not in _PORTS or not parts.hostname:
            raise SiteError(
                f"{address!r} is no address of a site.",
                hint="Write it as https://www.example.com in knowledge_sites.",
                field="knowledge_sites",
            )
        return cls(parts.scheme, parts.hostname.lower(), parts.port)

    @property
    def root(self) -> str:
        return self.address("/")

    def address(self, path: str, query: str = "") -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = host if self.port is None else f"{host}:{self.port}"
        return urlunsplit((self.scheme, place, path or "/", query, ""))

    def listed(self, told: str) -> str | None:
        """As the site itself lists it, with its query; None where it lies elsewhere."""
        parts = _split(told)
        if parts is None or not self._holds(parts):
            return None
        return _short(self.address(parts.path, parts.query))

    def linked(self, page: str, told: str) -> str | None:
        """Without its query: variants and sorted lists are the same page again."""
        try:
            parts = _split(urljoin(page, told))
        except ValueError:
            return None
        if parts is None or not self._holds(parts) or parts.path.lower().endswith(_NO_PAGES):
            return None
        return _short(self.address(parts.path))

    def _holds(self, parts: SplitResult) -> bool:
        if parts.scheme not in _PORTS or parts.username is not None:
            return False
        own = self.port or _PORTS[self.scheme]
        asked = parts.port or _PORTS[parts.scheme]
        both_usual = own == _PORTS[self.scheme] and asked == _PORTS[parts.scheme]
        return (parts.hostname or "").lower() == self.host and (own == asked or both_usual)


def _short(address: str) -> str | None:
    return address if len(address.encode(errors="replace")) <= _LONGEST else None


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts
