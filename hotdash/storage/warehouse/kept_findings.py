"""The note that the failing rows kept are those of all rows there are; gone at the first doubt.

It is written when every check was asked to its end, learns of the one build that begins afterwards, and is
taken away by whatever else may change a table or a kept finding (`warehouse/macros/kept_findings.sql` too).
As long as it stands, a build's checks need to look only at what that build computed.
"""

from datetime import datetime, timedelta

from hotdash.storage.warehouse.contract import Warehouse

# However sure we are, everything is looked at once a day: somebody may have written by hand.
WHOLE_AT_LEAST_EVERY = timedelta(days=1)

NOTE = "kept_findings"

_CREATE = """
    create table if not exists checks.kept_findings (
        project_hash text not null, asked_whole_as_of timestamptz not null, next_build text
    )
"""

_FORGET = "delete from checks.kept_findings"

# What a model of the project wrote when it doubted (`warehouse/macros/kept_findings.sql`).
_IS_DOUBTED = "exists (select 1 from checks.kept_findings where project_hash = '')"

_FORGET_UNLESS_NEXT = f"""
    delete from checks.kept_findings
    where next_build is null or next_build <> ? or {_IS_DOUBTED}
"""

_FORGET_ANNOUNCED = f"""
    delete from checks.kept_findings where next_build is not null or {_IS_DOUBTED}
"""

_ANNOUNCE = "update checks.kept_findings set next_build = ?"

_STANDING = f"""
    select project_hash, asked_whole_as_of, next_build from checks.kept_findings
    where not {_IS_DOUBTED} and next_build is not null and exists (
        select 1 from raw.builds where build_id = next_build
    )
"""

_KEEP = "insert into checks.kept_findings (project_hash, asked_whole_as_of) values (?, ?)"


def forget_findings(warehouse: Warehouse) -> None:
    warehouse.execute(_CREATE)
    warehouse.execute(_FORGET)


def forget_unless_announced(warehouse: Warehouse, build_id: str) -> None:
    """For whoever records a build: one that nobody announced changed days that no check would look at."""
    warehouse.execute(_CREATE)
    warehouse.execute(_FORGET_UNLESS_NEXT, [build_id])


def announce_build(warehouse: Warehouse, build_id: str) -> None:
    """Before anything is computed. Another that began and was never asked, also this one, ends the note."""
    with warehouse.transaction():
        warehouse.execute(_CREATE)
        warehouse.execute(_FORGET_ANNOUNCED)
        warehouse.execute(_ANNOUNCE, [build_id])


def asked_whole_before(
    warehouse: Warehouse, build_id: str, project_hash: str, as_of: datetime
) -> datetime | None:
    """As of when everything was last asked, if since then nothing changed but what this build computed."""
    warehouse.execute(_CREATE)
    for row in warehouse.query(_STANDING).to_pylist():
        asked_whole: datetime = row["asked_whole_as_of"]
        is_next = row["next_build"] == build_id and row["project_hash"] == project_hash
        if is_next and _is_recent(asked_whole, as_of):
            return asked_whole
    return None


def are_kept(warehouse: Warehouse, project_hash: str, as_of: datetime) -> bool:
    """Whether nothing was computed since every check was last asked to its end."""
    warehouse.execute(_CREATE)
    found = warehouse.query("select * from checks.kept_findings").to_pylist()
    return [(row["project_hash"], row["next_build"]) for row in found] == [
        (project_hash, None)
    ] and _is_recent(found[0]["asked_whole_as_of"], as_of)


def _is_recent(asked_whole: datetime, as_of: datetime) -> bool:
    return timedelta(0) <= as_of - asked_whole < WHOLE_AT_LEAST_EVERY


def keep_findings(warehouse: Warehouse, project_hash: str, asked_whole_as_of: datetime) -> None:
    """Every check was asked to its end, and what it found is what there is."""
    with warehouse.transaction():
        forget_findings(warehouse)
        warehouse.execute(_KEEP, [project_hash, asked_whole_as_of])
