"""API tokens as the terminal and the API tell of them: never their secret."""

from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.storage.appdb.repositories.api_tokens import TokenRecord


def token_document(each: TokenRecord) -> dict[str, Any]:
    return {
        "token": str(each.token_id),
        "name": each.name,
        "holder": each.holder,
        "scopes": list(each.scopes),
        "shops": list(each.shops),
        "requests_per_minute": each.requests_per_minute,
        "created_at": iso_utc(each.created_at),
        "expires_at": iso_utc(each.expires_at),
        "last_used_at": iso_utc(each.last_used_at) if each.last_used_at else None,
        "revoked_at": iso_utc(each.revoked_at) if each.revoked_at else None,
    }
