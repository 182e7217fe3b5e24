"""How Python types become columns: instants with a zone, money as numeric(20,4), JSON as jsonb."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import TIMESTAMP, Dialect, LargeBinary, Numeric, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase

from hotdash.base.logging import without_addresses


class Words(TypeDecorator[str]):
    """What people and errors say, kept without e-mail addresses: who is meant is told by a pseudonym."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return without_addresses(value)


class Particulars(TypeDecorator[dict[str, Any]]):
    """The same of a document."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(
        self, value: dict[str, Any] | None, dialect: Dialect
    ) -> dict[str, Any] | None:
        del dialect
        return without_addresses(value)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        bytes: LargeBinary(),
        datetime: TIMESTAMP(timezone=True),
        Decimal: Numeric(20, 4),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[str]: ARRAY(Text()),
    }
