"""A customer's personal data: one shape, and what of it may be seen without the right to all."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace

MASK = "•••"


@dataclass(frozen=True, slots=True, repr=False)
class PersonalData:
    """Its repr says nothing, so that no log or trace does."""

    email: str | None
    first_name: str | None
    last_name: str | None

    @property
    def fields(self) -> list[str]:
        """What is known, by name and not by value."""
        return [name for name, value in asdict(self).items() if value]

    def showing(self, fields: Collection[str]) -> "PersonalData":
        """These in full and everything else masked."""
        known = asdict(self)
        return replace(self.masked(), **{name: known[name] for name in known if name in fields})

    def masked(self) -> "PersonalData":
        return PersonalData(
            masked_email(self.email), masked_word(self.first_name), masked_word(self.last_name)
        )


def masked_word(word: str | None) -> str | None:
    """Enough to tell two apart, too little to tell who."""
    return f"{word[0]}{MASK}" if word else None


def masked_email(address: str | None) -> str | None:
    if not address:
        return None
    name, _, domain = address.rpartition("@")
    ending = domain.rpartition(".")[2]
    return f"{masked_word(name) or MASK}@{masked_word(domain) or MASK}.{ending}"
