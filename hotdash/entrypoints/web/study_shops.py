"""Over which shops a baseline is made for somebody: all whose metrics they see."""

from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import sees, shop_of
from hotdash.insights.studies.catalog import Study
from hotdash.reports.studies.answering import Shops
from hotdash.storage.appdb.repositories.visits import Visit


def shops_counted(visit: Visit) -> Shops:
    """Each is noted as looked at."""
    seen = [
        shop_of(visit, each.shop_id, Permission.SEE_METRICS)
        for each in visit.shops.values()
        if sees(visit, each, Permission.SEE_METRICS)
    ]
    return {each.shop_id: each.timezone for each in seen}


def shops_needed(visit: Visit, study: Study) -> Shops:
    """None of them where the study is about one shop."""
    return shops_counted(visit) if study.pair is None else {}
