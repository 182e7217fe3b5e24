"""How PostgREST and the gateway before it refuse: their statuses, codes and shapes."""

import json
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

_GRANT = "Grant"


class PostgrestError(Exception):
    """One refusal: `{code, message, details, hint}`."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.told = {"code": code, "details": details, "hint": hint, "message": message}

    def response(self) -> Response:
        headers = {"proxy-status": f"PostgREST; error={self.told['code']}"}
        if self.status == 401:
            headers["www-authenticate"] = (
                f'Bearer error="invalid_token", error_description={json.dumps(self.told["message"])}'
            )
        return JSONResponse(self.told, self.status, headers=headers)


def bad_token(message: str) -> PostgrestError:
    return PostgrestError(401, "PGRST301", message)


def bad_claims(message: str) -> PostgrestError:
    return PostgrestError(401, "PGRST303", message)


def hidden_schema(schema: str) -> PostgrestError:
    return PostgrestError(
        406,
        "PGRST106",
        f"Invalid schema: {schema}",
        hint="Only the following schemas are exposed: public",
    )


def no_table(table: str, near: str | None) -> PostgrestError:
    return PostgrestError(
        404,
        "PGRST205",
        f"Could not find the table 'public.{table}' in the schema cache",
        hint=f"Perhaps you meant the table 'public.{near}'" if near else None,
    )


def no_column_to_write(table: str, column: str) -> PostgrestError:
    return PostgrestError(
        400,
        "PGRST204",
        f"Could not find the '{column}' column of '{table}' in the schema cache",
    )


def no_column(table: str, column: str) -> PostgrestError:
    return PostgrestError(400, "42703", f"column {table}.{column} does not exist")


def not_granted(table: str, role: str, privilege: str) -> PostgrestError:
    return PostgrestError(
        401 if role == "anon" else 403,
        "42501",
        f"permission denied for table {table}",
        hint=f"{_GRANT} the required privileges to the current role with: "
        f"{_GRANT.upper()} {privilege} ON public.{table} TO {role};",
    )


def taken(table: str, columns: list[str], values: list[str]) -> PostgrestError:
    return PostgrestError(
        409,
        "23505",
        f'duplicate key value violates unique constraint "{table}_pkey"',
        details=f"Key ({', '.join(columns)})=({', '.join(values)}) already exists.",
    )


def empty_key(table: str, column: str) -> PostgrestError:
    return PostgrestError(
        400,
        "23502",
        f'null value in column "{column}" of relation "{table}" violates not-null constraint',
    )


def wrong_value(kind: str, value: Any) -> PostgrestError:
    return PostgrestError(400, "22P02", f'invalid input syntax for type {kind}: "{value}"')


def no_such_conflict() -> PostgrestError:
    return PostgrestError(
        400,
        "42P10",
        "there is no unique or exclusion constraint matching the ON CONFLICT specification",
    )


def twice_in_one_upsert() -> PostgrestError:
    return PostgrestError(
        500,
        "21000",
        "ON CONFLICT DO UPDATE command cannot affect row a second time",
        hint="Ensure that no rows proposed for insertion within the same command have duplicate "
        "constrained values.",
    )


def bad_body(message: str) -> PostgrestError:
    return PostgrestError(400, "PGRST102", message)


def bad_query(text: str) -> PostgrestError:
    return PostgrestError(400, "PGRST100", f'"failed to parse ({text})" (line 1, column 1)')


def bad_range(offset: int, total: int) -> PostgrestError:
    return PostgrestError(
        416,
        "PGRST103",
        "Requested range not satisfiable",
        details=f"An offset of {offset} was requested, but there are only {total} rows.",
    )


def timeout() -> PostgrestError:
    return PostgrestError(500, "57014", "canceling statement due to statement timeout")


def no_database() -> PostgrestError:
    return PostgrestError(
        503, "PGRST002", "Could not query the database for the schema cache. Retrying."
    )


def gateway_refusal(message: str, hint: str) -> Response:
    """The gateway before PostgREST knows no codes."""
    return JSONResponse({"message": message, "hint": hint}, 401)


def invalid_key() -> Response:
    return gateway_refusal(
        "Invalid API key", "Double check your Supabase `anon` or `service_role` API key."
    )


def no_key() -> Response:
    return gateway_refusal(
        "No API key found in request", "No `apikey` request header or url param was found."
    )


def proxy_page(status: int = 502) -> Response:
    """What stands before the gateway answers in HTML."""
    return HTMLResponse(
        f"<html>\n<head><title>{status} Bad Gateway</title></head>\n<body>\n"
        f"<center><h1>{status} Bad Gateway</h1></center>\n</body>\n</html>\n",
        status,
    )
