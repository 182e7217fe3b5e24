"""What may not leave in a bundle: every secret known here, whatever looks like one, and addresses."""

import base64
import json
from collections.abc import Collection
from urllib.parse import quote

from hotdash.base.logging import redact, without_addresses

HIDDEN = "***"
# A shorter one would be found inside ordinary words, and hides nothing.
_SHORTEST = 6


class Cleaner:
    def __init__(self, secrets: Collection[str]) -> None:
        forms = {form for each in secrets if len(each) >= _SHORTEST for form in _forms(each)}
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


def _forms(secret: str) -> set[str]:
    """As it may stand in a log, a document, an address or a header."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    }
