"""Once a week the vendors' own schemas are held against what we rely on, before a change breaks data."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.connectors.contract import Connector, SchemaWatch
from hotdash.jobs.keep_drifts import DriftKeeper
from hotdash.jobs.source_health import SourceHealth
from hotdash.pipeline.durable import Detail
from hotdash.storage.appdb.repositories.runs import newest_detail
from hotdash.storage.appdb.session import Database

STEP = "schemas"
EVERY = timedelta(days=7)

_log = get_logger(__name__)


def look_at_due_schemas(
    database: Database,
    keeper: DriftKeeper,
    connectors: Mapping[str, Sequence[Connector]],
    clock: Clock,
) -> Detail:
    """Those not looked at for a week, and not resting; when each was is carried on in the step's record."""
    with database.jobs() as session:
        known = newest_detail(session, STEP) or {}
    looked: dict[str, str] = dict(known.get("looked", {}))
    health = SourceHealth(database, clock)

    def is_due(shop_id: str, source: str) -> bool:
        at = looked.get(f"{source} of {shop_id}")
        is_old = at is None or clock.now() - parse_iso(at) >= EVERY
        return is_old and health.reason_to_skip(shop_id, source) is None

    due = {
        shop_id: [each for each in sources if is_due(shop_id, each.vendor)]
        for shop_id, sources in connectors.items()
    }
    told = look_at_schemas(keeper, due)
    now = iso_utc(clock.now())
    return {**told, "looked": {**looked, **dict.fromkeys(told["looked"], now)}}


def look_at_schemas(
    keeper: DriftKeeper, connectors: Mapping[str, Sequence[Connector]]
) -> dict[str, Any]:
    """A vendor that cannot be asked holds up nobody; its source will say so by itself."""
    looked: list[str] = []
    errors: dict[str, str] = {}
    problems = news = 0
    for shop_id, sources in connectors.items():
        for connector in sources:
            if not isinstance(connector, SchemaWatch):
                continue
            name = f"{connector.vendor} of {shop_id}"
            try:
                found = list(connector.vendor_schema_problems())
            except HotdashError as error:
                _log.warning("schema_not_looked_at", source=name, error=str(error))
                errors[name] = str(error)
                continue
            looked.append(name)
            problems += len(found)
            news += keeper.keep(shop_id, connector.vendor, found)
    return {"looked": looked, "problems": problems, "news": news, "errors": errors}
