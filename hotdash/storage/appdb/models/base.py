"""How Python types become columns: instants with a zone, money as numeric(20,4), JSON as jsonb."""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import TIMESTAMP, LargeBinary, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase


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
