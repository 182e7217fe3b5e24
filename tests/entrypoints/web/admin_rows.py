"""The rows of Admin in the access matrix."""

from tests.fixtures.access_rows import ASK, SIGN_IN, UNKNOWN, Row
from tests.fixtures.storefront import ROD

SECTIONS = {"": 200, "/roles": 200, "/policies": 200} | dict.fromkeys(
    ("/people", "/tokens", "/credentials", "/alerts", "/access"), 403
)
PERSON = f"/api/v1/people/{UNKNOWN}"
VERBS = ("remove", "link", "sessions/end")
ADMIN_ROWS = {
    # Of the sections of Admin each role opens its own; test_admin.py asks for all six roles.
    **{
        f"GET /admin{section}": Row(f"/admin{section}{ASK}", SIGN_IN, 404, viewer, 200)
        for section, viewer in SECTIONS.items()
    },
    # Whoever may is told that nobody and nothing is meant.
    **{
        f"POST /admin/{what}": Row(
            *(f"/admin/{what}", 401, 404, 403, owner), fields={"shop": ROD} | fields
        )
        for what, owner, fields in (
            ("people/invite", 400, {"email": "nobody", "role": "viewer"}),
            ("people/role", 404, {"person": UNKNOWN, "role": "viewer"}),
            ("people/password", 404, {"person": UNKNOWN, "allowed": "no"}),
            *((f"people/{verb}", 404, {"person": UNKNOWN}) for verb in VERBS),
            ("tokens", 422, {"name": "a program"}),
            ("tokens/revoke", 404, {"token": UNKNOWN}),
            ("credentials/connect", 404, {"vendor": "nobody"}),
            ("shops/connect", 503, {}),
            ("credentials/renew", 400, {"vendor": "nobody"}),
            ("alerts/route", 400, {"to": "file"}),
            ("alerts/hours", 400, {"timezone": "Nowhere"}),
            ("alerts/file", 400, {"reason": ""}),
            ("alerts/test", 503, {"channel": "file"}),
            ("policies", 400, {"policy": "include_taxes", "value": "true", "from": "never"}),
        )
    },
    "GET /api/v1/people": Row(f"/api/v1/people{ASK}", 401, 404, 403, 200),
    "GET /api/v1/people/{person}": Row(f"{PERSON}{ASK}", 401, 404, 403, 404),
    "POST /api/v1/people": Row(
        *(f"/api/v1/people{ASK}", 401, 404, 403, 400),
        document={"email": "nobody", "role": "viewer"},
    ),
    "PATCH /api/v1/people/{person}": Row(
        *(f"{PERSON}{ASK}", 401, 404, 403, 404), document={"role": "viewer"}
    ),
    "DELETE /api/v1/people/{person}": Row(f"{PERSON}{ASK}", 401, 404, 403, 404, document={}),
    **{
        f"POST /api/v1/people/{{person}}/{verb}": Row(
            f"{PERSON}/{verb}{ASK}", 401, 404, 403, 404, document={}
        )
        for verb in ("link", "sessions/end")
    },
}
