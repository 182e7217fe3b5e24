"""The project's own switches: tables, keys, an outage, answers that get lost."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route as HttpRoute

from hotdash.simulators.control import asked_of
from hotdash.simulators.supabase.project import Project
from hotdash.simulators.supabase.values import written


def switches_of(project: Project) -> list[HttpRoute]:
    doors = _Switches(project)
    changes = {
        "tables": doors.tables,
        "rotate_keys": doors.rotate_keys,
        "outage": doors.outage,
        "lose_answers": doors.lose_answers,
    }
    return [
        HttpRoute("/keys", doors.keys),
        HttpRoute("/rows/{table}", doors.rows),
        *(HttpRoute(f"/{name}", door, methods=["POST"]) for name, door in changes.items()),
    ]


class _Switches:
    def __init__(self, project: Project) -> None:
        self._project = project

    async def keys(self, _http: Request) -> Response:
        return JSONResponse(self._project.keys.told())

    async def rows(self, http: Request) -> Response:
        """All rows of a table at once, for who compares."""
        table = self._project.tables.find(http.path_params["table"])
        return Response(written(table.selected()), media_type="application/json")

    async def tables(self, http: Request) -> Response:
        """`{table: {columns: {name: type}, key: name or names, granted: true}}`"""
        self._project.tables.declare(await asked_of(http))
        return JSONResponse({}, 201)

    async def rotate_keys(self, _http: Request) -> Response:
        """The old keys are worth nothing from now on."""
        self._project.keys.rotations += 1
        return JSONResponse(self._project.keys.told())

    async def outage(self, http: Request) -> Response:
        asked = await asked_of(http)
        self._project.is_out = asked["on"]
        return JSONResponse({})

    async def lose_answers(self, http: Request) -> Response:
        asked = await asked_of(http)
        self._project.answers_lost = asked["times"]
        return JSONResponse({})
