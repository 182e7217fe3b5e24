"""What dbt does anew for every node, done once or not at all; what it computes and tells stays the same.

These are parts that dbt does not promise to keep (docs/decisions/0046). They were read in the versions
named here; beside any other one dbt works as it comes, only slower.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from types import CodeType
from typing import Any, cast

READ_IN = {
    "dbt-core": "1.11.16",
    "dbt-common": "1.39.0",
    "dbt-adapters": "1.24.5",
    "jinja2": "3.1.6",
}
# The one event of a single step that somebody listens to.
_HEARD = "NodeFinished"
_MOST_KEPT = 4096
_INHERITED = object()

_Patch = tuple[Any, str, Any]
_templates: dict[tuple[Any, str], CodeType] = {}
_guessers: dict[tuple[frozenset[str], tuple[str, ...]], Any] = {}


def are_versions_known() -> bool:
    return all(version(name) == known for name, known in READ_IN.items())


@contextmanager
def lean() -> Generator[None]:
    """While dbt works in this process; one at a time, as dbt itself allows."""
    if not are_versions_known():
        yield
        return
    from dbt_common.events import event_manager_client

    client = cast(Any, event_manager_client)
    every_event = client.get_event_manager()
    patches = _patches()
    before = [(owner, name, _own(owner, name)) for owner, name, _ in patches]
    try:
        _set(patches)
        client.ctx_set_event_manager(_told_events())
        yield
    finally:
        client.ctx_set_event_manager(every_event)
        _set(before)


def _patches() -> list[_Patch]:
    return [
        *_late_messages(),
        _quick_namespaces(),
        _remembered_templates(),
        _remembered_guessers(),
        _no_search_for_a_name(),
    ]


def _own(owner: Any, name: str) -> Any:
    return cast(dict[str, Any], vars(owner)).get(name, _INHERITED)


def _set(patches: list[_Patch]) -> None:
    for owner, name, value in patches:
        if value is _INHERITED:
            delattr(owner, name)
        else:
            setattr(owner, name, value)


def _told_events() -> Any:
    """Most events are for a log of every step, which Hotdash does not keep."""
    from dbt_common.events import base_types, event_manager

    step = cast(Any, base_types).EventLevel.DEBUG
    every = cast(Any, event_manager).EventManager

    class ToldEvents(every):
        def fire_event(self, e: Any, level: Any = None, *others: Any, **named: Any) -> None:
            is_step = (level or e.level_tag()) == step and type(e).__name__ != _HEARD
            if others or named.get("force_warn_or_error_handling") or not is_step:
                every.fire_event(self, e, level, *others, **named)

    return ToldEvents()


def _late_messages() -> list[_Patch]:
    """An event's message is made when somebody reads it, and most are thrown away unread."""
    from dbt_common.events import base_types

    event_type = cast(Any, base_types).BaseEvent
    make = event_type.__init__

    def remember(event: Any, *args: Any, **kwargs: Any) -> None:
        event.__dict__["told"] = (args, kwargs)

    def read(event: Any, name: str) -> Any:
        if name == "pb_msg":
            args, kwargs = event.__dict__["told"]
            make(event, *args, **kwargs)
            return event.__dict__[name]
        return getattr(event.pb_msg, name)

    def write(event: Any, name: str, value: Any) -> None:
        if name == "pb_msg":
            event.__dict__[name] = value
        else:
            setattr(event.pb_msg, name, value)

    return [
        (event_type, "__init__", remember),
        (event_type, "__getattr__", read),
        (event_type, "__setattr__", write),
    ]


def _quick_namespaces() -> _Patch:
    """Every node has two contexts of all macros: put there at once, without asking where each belongs."""
    from dbt.clients import jinja
    from dbt.context import macros

    macro_type = cast(Any, jinja).MacroGenerator
    namespace_type = cast(Any, macros).MacroNamespace
    builder_type = cast(Any, macros).MacroNamespaceBuilder

    class Flat(namespace_type):
        def __init__(self, **namespaces: Any) -> None:
            namespace_type.__init__(self, **namespaces)
            self.found: dict[str, Any] = {}
            for searched_later in reversed(list(self._search_order())):
                self.found |= searched_later

        def __iter__(self) -> Iterator[str]:
            return iter(self.found)

        def __len__(self) -> int:
            return len(self.found)

        def __getitem__(self, name: str) -> Any:
            return self.found[name]

    def build(builder: Any, by_package: Mapping[str, Mapping[str, Any]], context: Any) -> Any:
        def in_context(macro: Any) -> Any:
            made = macro_type.__new__(macro_type)
            made.__dict__ = {
                "context": context,
                "macro": macro,
                "node": builder.node,
                "stack": builder.thread_ctx,
            }
            return made

        made = {
            package: {name: in_context(macro) for name, macro in named.items()}
            for package, named in by_package.items()
        }
        internal: dict[str, Any] = {}
        for package in reversed(builder.internal_package_names_order):
            internal |= made.get(package, {})
        others = {name: made[name] for name in made if name not in builder.internal_package_names}
        root, own = builder.root_package, builder.search_package
        return Flat(
            local_namespace=others.get(own, {}),
            global_namespace=others.get(root, {}) if root != own else {},
            packages=others,
            global_project_namespace=internal,
        )

    return (builder_type, "build_namespace", build)


def _remembered_templates() -> _Patch:
    """The same text is the same template, in the next command as well."""
    from dbt_common.clients import jinja

    environment_type = cast(Any, jinja).MacroFuzzEnvironment
    compile_anew = environment_type.compile

    def compile_once(environment: Any, source: str, *named: Any, **otherwise: Any) -> Any:
        if named or otherwise:
            return compile_anew(environment, source, *named, **otherwise)
        key = (cast(Any, type(environment)), source)
        return _kept(_templates, key, lambda: compile_anew(environment, source))

    return (environment_type, "compile", compile_once)


def _remembered_guessers() -> _Patch:
    """Who guesses the types of an answer's columns has seven parsers of dates and numbers."""
    from dbt_common.clients import agate_helper

    helper = cast(Any, agate_helper)
    make = helper.build_type_tester

    def made_once(
        text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")
    ) -> Any:
        key = (frozenset(text_columns), tuple(string_null_values))
        return _kept(_guessers, key, lambda: make(*key))

    return (helper, "build_type_tester", made_once)


def _no_search_for_a_name() -> _Patch:
    """A command begins by searching all modules for the one that declares a switch, to name it in a warning."""
    from dbt_common.behavior_flags import BehaviorFlagRendered

    return (
        cast(Any, BehaviorFlagRendered),
        "_default_source",
        staticmethod(lambda: "dbt.adapters"),
    )


def _kept(known: dict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
    found = known.get(key)
    if found is None:
        if len(known) >= _MOST_KEPT:
            known.clear()
        found = known[key] = make()
    return found
