"""That somebody opened a shop's dashboard: a fact once an hour, however often they look."""

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from starlette.requests import Request

from hotdash.base.actors import actor_of
from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.decisions.facts.keep import keep
from hotdash.decisions.facts.types import Fact, FactType, SessionOpened
from hotdash.entrypoints.web.errors import reference_of
from hotdash.storage.appdb.session import Database

_REMEMBERED = 10_000
_log = get_logger(__name__)


class OpenedSessions:
    """Which were told is remembered here, so that a page costs no statement more; the id is the same anyway."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._told: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def note(self, request: Request, user_id: UUID, shop_id: str) -> None:
        """As this person. A page is shown whether or not this can be kept."""
        now, actor = self._clock.now(), actor_of(user_id)
        key = f"{actor}:{now:%Y-%m-%dT%H}"
        if not self._is_new(f"{shop_id}:{key}"):
            return
        told = SessionOpened(operator=actor, request_id=reference_of(request) or None)
        try:
            with self._database.as_user(user_id) as session:
                keep(session, shop_id, [Fact(FactType.SESSION, key, now, told)])
        except HotdashError as error:
            self._forget(f"{shop_id}:{key}")
            _log.warning("session_not_told", shop_id=shop_id, error=str(error))

    def _is_new(self, key: str) -> bool:
        with self._lock:
            if key in self._told:
                return False
            self._told[key] = None
            while len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
            return True

    def _forget(self, key: str) -> None:
        with self._lock:
            self._told.pop(key, None)
