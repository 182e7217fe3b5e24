"""Published marts in immutable parts, the manifests that name parts, and each shop's pointer to one."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Identity, Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from hotdash.storage.appdb.models.base import Base, Words
from hotdash.storage.appdb.models.shops import SHOP_KEY


class Part(Base):
    """Registered before its rows are loaded, so that the rows of a killed publication are found."""

    __tablename__ = "parts"
    __table_args__ = ({"schema": "serving"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    part: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), primary_key=True)
    mart: Mapped[str]
    partition_key: Mapped[str]
    build_id: Mapped[UUID]
    created_at: Mapped[datetime]


class Manifest(Base):
    """Replaced counts from the moment the pointer left it; until its time is over it can return."""

    __tablename__ = "manifests"
    __table_args__ = ({"schema": "serving"},)

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    manifest_id: Mapped[UUID] = mapped_column(primary_key=True)
    build_id: Mapped[UUID]
    created_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Words())
    replaced_at: Mapped[datetime | None]
    keep_until: Mapped[datetime | None]


class ManifestMart(Base):
    """One row per mart of a manifest: of which build it is, and how old its sources were."""

    __tablename__ = "manifest_marts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "manifest_id"],
            ["serving.manifests.shop_id", "serving.manifests.manifest_id"],
            ondelete="CASCADE",
        ),
        {"schema": "serving"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    manifest_id: Mapped[UUID] = mapped_column(primary_key=True)
    mart: Mapped[str] = mapped_column(primary_key=True)
    build_id: Mapped[UUID]
    as_of: Mapped[dict[str, Any]]


class ManifestEntry(Base):
    """One row per part that a manifest names: how many rows it has, and their hash."""

    __tablename__ = "manifest_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "manifest_id", "mart"],
            [
                "serving.manifest_marts.shop_id",
                "serving.manifest_marts.manifest_id",
                "serving.manifest_marts.mart",
            ],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["shop_id", "part"], ["serving.parts.shop_id", "serving.parts.part"]),
        Index("manifest_entries_by_part", "shop_id", "part"),
        {"schema": "serving"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    manifest_id: Mapped[UUID] = mapped_column(primary_key=True)
    mart: Mapped[str] = mapped_column(primary_key=True)
    partition_key: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(BigInteger())
    build_id: Mapped[UUID]
    row_count: Mapped[int] = mapped_column(BigInteger())
    rows_hash: Mapped[str]


class Published(Base):
    """One row per shop: which manifest its pages read, and whether it is held there."""

    __tablename__ = "published"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "manifest_id"],
            ["serving.manifests.shop_id", "serving.manifests.manifest_id"],
        ),
        {"schema": "serving"},
    )

    shop_id: Mapped[str] = mapped_column(ForeignKey(SHOP_KEY), primary_key=True)
    manifest_id: Mapped[UUID]
    moved_at: Mapped[datetime]
    pinned_at: Mapped[datetime | None]
    pinned_by: Mapped[str | None]
    pin_reason: Mapped[str | None] = mapped_column(Words())


class TileRows(Base):
    """What a tile reads from this manifest over this span, as a document; gone with the manifest."""

    __tablename__ = "tile_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "manifest_id"],
            ["serving.manifests.shop_id", "serving.manifests.manifest_id"],
            ondelete="CASCADE",
        ),
        {"schema": "serving"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    manifest_id: Mapped[UUID] = mapped_column(primary_key=True)
    tile: Mapped[str] = mapped_column(primary_key=True)
    span: Mapped[str] = mapped_column(primary_key=True)
    compared: Mapped[str] = mapped_column(primary_key=True)
    found: Mapped[str]


class OrderValueMedian(Base):
    """Of the orders of these days, under this manifest and this definition; gone with the manifest."""

    __tablename__ = "order_value_medians"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shop_id", "manifest_id"],
            ["serving.manifests.shop_id", "serving.manifests.manifest_id"],
            ondelete="CASCADE",
        ),
        {"schema": "serving"},
    )

    shop_id: Mapped[str] = mapped_column(primary_key=True)
    manifest_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    definition: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Decimal | None] = mapped_column(Numeric())
