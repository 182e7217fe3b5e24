"""What may not leave in a bundle: every secret known here, whatever looks like one, and addresses."""

from collections.abc import Collection

from hotdash.base.logging import redact, without_addresses
from hotdash.base.secret_shapes import forms_of

HIDDEN = "***"
# A shorter one would be found inside ordinary words, and hides nothing.
_SHORTEST = 6


class Cleaner:
    def __init__(self, secrets: Collection[str]) -> None:
        forms = {form for each in secrets if len(each) >= _SHORTEST for form in forms_of(each)}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self._bytes = [form.encode() for form in self._forms]

    def clean(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return without_addresses(redact(text))

    def is_clean(self, content: bytes) -> bool:
        """A picture's bytes only look like an address by chance."""
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return not self.holds_secret(content)
        return self.clean(text) == text

    def holds_secret(self, content: bytes) -> bool:
        return any(form in content for form in self._bytes)
