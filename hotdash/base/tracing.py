"""Spans for whoever traces: nothing is recorded unless an OpenTelemetry SDK was set up around the process."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

_NAME = "hotdash"


@contextmanager
def span(name: str, **attributes: str) -> Generator[None]:
    """Ended with the block; an error that leaves it is written onto the span."""
    # Late, because a command that does nothing long need not wait for it.
    from opentelemetry import trace

    tracer = cast("Any", trace.get_tracer(_NAME))
    told = {f"{_NAME}.{key}": value for key, value in attributes.items()}
    with tracer.start_as_current_span(name, attributes=told):
        yield
