"""What a secret looks like where it does not belong: by its shape, or by being one that is known."""

import base64
import json
import re
from urllib.parse import quote

_KINDS = {
    "a Shopify token": (("shp",), r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    "a Slack address": (("hooks.slack",), r"hooks\.slack\.com/services/T\w+/B\w+/\w{20,}"),
    "a Slack token": (("xox",), r"xox[abprs]-[\w-]{20,}"),
    "a key of AWS": (("AKIA",), r"(?<![A-Z0-9])AKIA[0-9A-Z]{16}(?![A-Z0-9])"),
    "a key of Google": (("AIza",), r"AIza[\w-]{35}"),
    "a token of GitHub": (("gh",), r"gh[pousr]_[A-Za-z0-9]{36,}"),
    # Not within base64, where zeros read like one: every Parquet file has its schema in it.
    "a token of Meta": (("EAA",), r"(?<![A-Za-z0-9+/])EAA[A-Za-z0-9]{60,}"),
    "a private key": (
        ("PRIVATE KEY",),
        r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/]{0,}",
    ),
    "a key of Supabase": (
        ("eyJ", "sb_secret_"),
        r"(?<![\w-])(?:eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}|sb_secret_[\w-]{20,})",
    ),
    "a database address with its password": (
        ("postgres", "mysql", "mariadb", "mongodb", "redis", "amqp", "mssql", "snowflake"),
        r"(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|snowflake)(?:\+\w+)?"
        r"://[^\s:/@]*:([^\s@/]+)@[\w.-]+",
    ),
    "a database connection with its password": (
        ("password=",),
        r"\bhost(?:addr)?=\S+\s(?:.*\s)?password=([^\s'\"]+)",
    ),
    "a token of Hotdash": (("hotdash_",), r"(?<!\w)hotdash_[0-9A-Za-z_-]{43}(?![\w-])"),
}
_EXPRESSIONS = {kind: re.compile(pattern) for kind, (_, pattern) in _KINDS.items()}
# Looked for first: an expression costs a hundred times what finding its beginning does.
_BEGINNINGS = [(kind, begin) for kind, (begins, _) in _KINDS.items() for begin in begins]
# The whole of it: a real password may hold one of these words, or a dot.
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\$?\{+[^{}]*\}+|\$\w+|\*+|\.{3}|…|your[-_]?password|password|secret|example|changeme|pw",
    re.IGNORECASE,
)


def secret_kind(text: str) -> str | None:
    """What a text looks like to hold; what only stands for a password is none."""
    for kind, begin in _BEGINNINGS:
        if begin in text:
            found = _EXPRESSIONS[kind].search(text)
            if found and not (found.groups() and _PLACEHOLDER.fullmatch(found[1])):
                return kind
    return None


def may_hold_secret(text: str) -> bool:
    return any(begin in text for _, begin in _BEGINNINGS)


def forms_of(secret: str) -> set[str]:
    """As it may stand in a log, a document, an address or a header."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
    }
