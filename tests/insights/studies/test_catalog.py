"""What a study says it needs is there under that name."""

import pytest

from hotdash.base.errors import NotFoundError
from hotdash.connectors.registry import registry as connectors
from hotdash.decisions.facts.types import FactType
from hotdash.insights.metrics.registry import registry
from hotdash.insights.studies.catalog import PAIRS, STUDIES, Side, Study, study_called

EACH = pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)


@EACH
def test_what_it_needs_is_known(study: Study) -> None:
    assert study.metrics
    for name in study.metrics:
        assert "day" in registry().get(name).dimensions
    assert set(study.facts) <= {each.value for each in FactType}
    assert {vendor for any_of in study.sources for vendor in any_of} <= connectors().keys()


@EACH
def test_it_is_found_by_its_name(study: Study) -> None:
    assert study_called(study.name) is study


def test_a_pair_needs_what_both_sides_need() -> None:
    assert len({each.name for each in STUDIES}) == len(STUDIES)
    for study in PAIRS:
        assert study.pair is not None
        sides = study.pair.first, study.pair.second
        assert study.metrics == tuple(each.metric for each in sides)
        assert set(study.sources) == {each.source for each in sides}


def test_an_unknown_one_names_those_there_are() -> None:
    with pytest.raises(NotFoundError, match="no study 'weather'") as raised:
        study_called("weather")
    assert "sla-anomalies" in (raised.value.hint or "")


def test_what_is_left_out_is_told() -> None:
    assert Side("revenue", ("shopify",)).left_out == ""
    assert Side("x", (), 13, 2, "it is so").left_out == (
        "the first 13 and the last 2 days are left out: it is so"
    )
    assert Side("x", (), 0, 7, "it is so").left_out == "the last 7 days are left out: it is so"
