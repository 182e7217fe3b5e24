"""Spans reach a provider where one is set up; without one the work goes on as ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry import trace

from hotdash.base.tracing import span


class _Recorder(trace.NoOpTracer):
    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, str], str]] = []

    @contextmanager
    def start_as_current_span(self, name: str, **asked: Any) -> Iterator[None]:  # pyright: ignore
        try:
            yield
        except ValueError:
            self.told.append((name, asked["attributes"], "failed"))
            raise
        self.told.append((name, asked["attributes"], "ended"))


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> _Recorder:
    made = _Recorder()
    monkeypatch.setattr(trace, "get_tracer", lambda name: made if name == "hotdash" else None)
    return made


def test_a_span_carries_its_ids_and_ends_with_its_block(recorder: _Recorder) -> None:
    with span("plan", run_id="r1"):
        assert recorder.told == []
    assert recorder.told == [("plan", {"hotdash.run_id": "r1"}, "ended")]


def test_an_error_passes_through_it(recorder: _Recorder) -> None:
    with pytest.raises(ValueError, match="no"), span("plan"):
        raise ValueError("no")
    assert recorder.told == [("plan", {}, "failed")]


def test_without_a_provider_nothing_is_in_the_way() -> None:
    done = []
    with span("plan", run_id="r1"):
        done.append(1)
    assert done == [1]
