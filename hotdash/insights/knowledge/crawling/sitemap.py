"""The addresses of a sitemap, or of the sitemaps that an index names; a document type is refused."""

from dataclasses import dataclass, field
from xml.parsers import expat

MOST = 50_000


@dataclass
class Sitemap:
    pages: list[str] = field(default_factory=list[str])
    sitemaps: list[str] = field(default_factory=list[str])


class _OddError(Exception):
    """It declares entities, or holds more than a sitemap may."""


def read_sitemap(content: bytes) -> Sitemap:
    """What was read before it broke off counts; nothing of one that tries something else."""
    found = Sitemap()
    above: list[str] = []
    told: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(name: str, attributes: dict[str, str]) -> None:
        del attributes
        above.append(name.rpartition(" ")[2])
        told.clear()

    def end(name: str) -> None:
        del name
        if above[-2:] in (["url", "loc"], ["sitemap", "loc"]):
            kept = found.pages if above[-2] == "url" else found.sitemaps
            kept.append("".join(told).strip())
            if len(kept) > MOST:
                raise _OddError
        above.pop()
        told.clear()

    def refuse(*named: object) -> None:
        raise _OddError

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = told.append
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except _OddError:
        return Sitemap()
    except expat.ExpatError:
        return found
    return found
