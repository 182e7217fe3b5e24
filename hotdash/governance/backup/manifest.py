"""What a backup holds and how to prove it; its file is written last, so that without it there is none."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from hotdash.governance.backup.chunks import Content

FORMAT = 1
_INSTANT = "%Y%m%dT%H%M%S%fZ"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TablePart(_Told):
    name: str
    columns: tuple[str, ...]
    rows: int
    content: Content


class AppPart(_Told):
    """`is_open` says whether the views are shown to Supabase's Data API."""

    revision: str
    server_version: int
    is_open: bool
    tables: tuple[TablePart, ...]
    sequences: Mapping[str, int]

    @property
    def hashes(self) -> Mapping[str, str]:
        return {table.name: table.content.sha256 for table in self.tables}


class WarehouseFile(_Told):
    kind: Literal["file"] = "file"
    duckdb_version: str
    schema_version: int
    rows: Mapping[str, int]
    content: Content


class WarehouseRecipe(_Told):
    """A warehouse in Postgres is backed up by its server; here stands what it is made of."""

    kind: Literal["recipe"] = "recipe"
    engine: str
    sources: Mapping[str, tuple[str, ...]]
    steps: tuple[str, ...] = ("hotdash run --full --reread",)


class HomeFile(_Told):
    path: str
    mode: int
    content: Content


class Secrets(_Told):
    """Which keys were there, which of them seal what is in the app database; never the keys themselves.

    What a stopped rotation left is sealed by another key than the first, which seals from then on.
    """

    fingerprints: tuple[str, ...]
    opens: tuple[str, ...]
    sealed_by: tuple[str, ...] | None = None

    def needs_another(self, fingerprint: str | None) -> bool:
        """Than this key; a backup that does not say so may need each that was there."""
        needed = self.fingerprints if self.sealed_by is None else self.sealed_by
        return not {fingerprint}.issuperset(needed)

    def is_opened_by(self, fingerprints: Collection[str]) -> bool:
        if self.sealed_by is not None:
            return {*fingerprints}.issuperset(self.sealed_by)
        return not self.opens or not {*fingerprints}.isdisjoint(self.fingerprints)


class Manifest(_Told):
    format: int = FORMAT
    backup_id: str
    made_at: datetime
    version: str
    reason: str
    app: AppPart
    warehouse: WarehouseFile | WarehouseRecipe | None
    files: tuple[HomeFile, ...]
    secrets: Secrets

    def contents(self) -> list[Content]:
        held = [table.content for table in self.app.tables]
        held += [file.content for file in self.files]
        if isinstance(self.warehouse, WarehouseFile):
            held.append(self.warehouse.content)
        return held

    @property
    def size(self) -> int:
        return sum(content.size for content in self.contents())


def id_of(made_at: datetime) -> str:
    return made_at.astimezone(UTC).strftime(_INSTANT)


def instant_of(backup_id: str) -> datetime:
    return datetime.strptime(backup_id, _INSTANT).replace(tzinfo=UTC)
