"""What several questions of one snapshot share, so that it is read once."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hotdash.insights.metrics.publication import Published, load_publications
from hotdash.insights.metrics.query.known_rows import KnownRows
from hotdash.insights.metrics.query.segments import Policies, load_policies


class Snapshot:
    """Of a session whose transaction shows one state of the database from its first question on."""

    def __init__(self, session: Session, known: KnownRows | None = None) -> None:
        self.session = session
        self.known = known
        self._publications: dict[tuple[str, str], Published] = {}
        self._policies: dict[tuple[str, ...], Policies] = {}

    def publications(
        self, shop_ids: Sequence[str], marts: Sequence[str]
    ) -> dict[tuple[str, str], Published]:
        wanted = [(shop_id, mart) for shop_id in shop_ids for mart in marts]
        missing = sorted(
            {mart for shop_id, mart in wanted if (shop_id, mart) not in self._publications}
        )
        if missing:
            self._publications |= load_publications(self.session, shop_ids, missing)
        return {key: self._publications[key] for key in wanted}

    def policies(self, shop_ids: Sequence[str]) -> Policies:
        key = tuple(shop_ids)
        if key not in self._policies:
            self._policies[key] = load_policies(self.session, shop_ids)
        return self._policies[key]
