"""dbt inside this process: one parsed project per warehouse, invoked quietly, answered in records."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, cast

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger, new_reference, redact
from hotdash.base.paths import dbt_project_folder
from hotdash.pipeline.transform.kept_statements import (
    KeptStatements,
    command_key,
    with_open_places,
)
from hotdash.pipeline.transform.lean_dbt import are_versions_known, lean
from hotdash.pipeline.transform.outline import (
    Outline,
    outline_as_bytes,
    outline_from_bytes,
    outline_of,
)
from hotdash.pipeline.transform.parsed import parse_key, parsed_once
from hotdash.pipeline.transform.recording import command_of, recorded
from hotdash.pipeline.transform.results import NodeResult
from hotdash.pipeline.transform.sealed_file import read_sealed, write_sealed
from hotdash.pipeline.transform.sending import NotSentError, send
from hotdash.pipeline.transform.story import Story
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.standing import made_tables, misplaced_tables, raw_columns

log = get_logger(__name__)

_QUIET = (
    "--quiet",
    "--no-print",
    "--log-level",
    "none",
    "--log-level-file",
    "none",
    "--no-use-colors",
    "--no-version-check",
    "--no-send-anonymous-usage-stats",
)
_FULL_DISK = "No space left on device"
_TELLING_LINES = 3
# What of a target stands in a statement, or in the parsed project.
_NAMED = ("type", "database", "dbname", "schema")
_ONE_AT_A_TIME = threading.RLock()
OnFinished = Callable[[str], None]


class TransformError(HotdashError):
    code = "transform_failed"
    http_status = 500


class DbtProject:
    """Keeps the parsed manifest, because parsing costs more than a build of a day."""

    _parsed: ClassVar[dict[str, Any]] = {}
    _outlined: ClassVar[dict[str, Outline]] = {}

    def __init__(self, warehouse: Warehouse, workdir: Path) -> None:
        self._warehouse = warehouse
        self._workdir = workdir.absolute()

    @property
    def log_file(self) -> Path:
        return self._workdir / "logs" / "dbt.log"

    @property
    def manifest(self) -> Any:
        return self._read_once

    @cached_property
    def _read_once(self) -> Any:
        """Parsed once, as long as neither project, version nor what is named of the target changes."""
        key = self._project_key
        with _ONE_AT_A_TIME:
            if key not in self._parsed:
                self._parsed[key] = parsed_once(self._workdir / "parsed.msgpack", key, self._parse)
            return self._parsed[key]

    @property
    def outline(self) -> Outline:
        return self._outline

    @cached_property
    def _outline(self) -> Outline:
        """Where it is kept, neither the parsed project is read nor dbt loaded."""
        key, file = self._project_key, self._workdir / "outline.json"
        with _ONE_AT_A_TIME:
            if key not in self._outlined:
                content = read_sealed(file, key)
                if content is None:
                    content = outline_as_bytes(outline_of(self.manifest))
                    write_sealed(file, key, content)
                self._outlined[key] = outline_from_bytes(content)
            return self._outlined[key]

    @cached_property
    def _project_key(self) -> str:
        folder = dbt_project_folder()
        output = self._warehouse.dbt_output()
        named = {name: output[name] for name in _NAMED if name in output}
        return parse_key(project_hash(folder), {"folder": str(folder), **named})

    def _parse(self) -> Any:
        return self._invoke(None, ["parse", "--no-write-json"], None).result

    def run(
        self, arguments: Sequence[str], variables: Mapping[str, Any], on_finished: OnFinished
    ) -> list[NodeResult]:
        """One dbt command; failed nodes stand in the answer, anything worse is raised."""
        with _ONE_AT_A_TIME:
            answer = self._answer(arguments, variables, on_finished)
        return self._told(answer)

    def _answer(
        self, arguments: Sequence[str], variables: Mapping[str, Any], on_finished: OnFinished
    ) -> Any:
        told = json.dumps(dict(variables), sort_keys=True)
        command = [*arguments, "--vars", told, "--no-write-json"]
        return self._invoke(self.manifest, command, on_finished)

    def _told(self, answer: Any) -> list[NodeResult]:
        results = [_node_result(result) for result in answer.result.results]
        for result in results:
            if _is_hook(result) and result.status == "error":
                raise self.explain(result)
        return [result for result in results if not _is_hook(result)]

    def run_known(
        self, arguments: Sequence[str], variables: Mapping[str, Any], on_finished: OnFinished
    ) -> list[NodeResult]:
        """The same, without dbt where it is known what dbt sends; dbt does whatever does not succeed."""
        if not are_versions_known():
            return self.run(arguments, variables, on_finished)
        kept = KeptStatements(self._workdir / "statements")
        told_once = _once(on_finished)
        command = kept.find(self._command_key(arguments, variables))
        if command is not None:
            at_once = self._warehouse.dbt_output()["threads"]
            try:
                return send(self._warehouse, command, variables, at_once, told_once)
            except NotSentError as error:
                reason = redact(str(error))
                log.warning("kept_statements_failed", command=arguments[0], reason=reason)
        # Not before: what was sent may have made tables that were not there.
        key = self._command_key(arguments, variables)
        with _ONE_AT_A_TIME, recorded(variables) as recording:
            answer = self._answer(arguments, with_open_places(variables), told_once)
        anew = _is_made_anew(arguments, variables)
        command = command_of(recording, answer.result.results, self.manifest, is_made_anew=anew)
        if command is not None:
            kept.keep(key, command)
        return self._told(answer)

    def _command_key(self, arguments: Sequence[str], variables: Mapping[str, Any]) -> str:
        is_made_anew = _is_made_anew(arguments, variables)
        told = {
            "variables": with_open_places(variables),
            "raw": raw_columns(self._warehouse),
            "made": (misplaced_tables if is_made_anew else made_tables)(self._warehouse),
        }
        return command_key(self._project_key, arguments, told)

    def compiled(self) -> dict[str, str]:
        """The statement of every model as it makes a table anew, by dbt's own ids."""
        command = ["compile", "--full-refresh", "--select", "resource_type:model"]
        with _ONE_AT_A_TIME:
            answer = self._invoke(self.manifest, [*command, "--no-write-json"], None)
        return {each.node.unique_id: each.node.compiled_code for each in answer.result.results}

    def explain(self, failed: NodeResult) -> TransformError:
        reference = new_reference()
        reason = redact(_in_short(failed.message))
        log.error("dbt_node_failed", node=failed.unique_id, reason=reason, reference=reference)
        return TransformError(
            f"The model {failed.name} failed: {reason}",
            hint=f"Nothing was published. {self._mend(reason, reference)}",
        )

    def _invoke(self, manifest: Any, command: Sequence[str], on_finished: OnFinished | None) -> Any:
        from dbt.cli.main import dbtRunner

        def finished(event: Any) -> None:
            if on_finished is not None and event.info.name == "NodeFinished":
                on_finished(event.data.node_info.node_name)

        folders = self._folders()
        with closing(Story(self.log_file)) as story:
            runner = cast(Any, dbtRunner)(manifest=manifest, callbacks=[finished, story.tell])
            with environment(self._warehouse.dbt_environment()), lean():
                answer = runner.invoke([*command, *_QUIET, *folders])
        if answer.result is None:
            raise self._broken(command[0], answer.exception) from answer.exception
        return answer

    def _broken(self, command: str, error: BaseException | None) -> TransformError:
        reference = new_reference()
        reason = redact(_in_short(str(error)))
        log.error("dbt_failed", command=command, reason=redact(str(error)), reference=reference)
        return TransformError(
            f"dbt could not {command} the project: {reason}",
            hint=self._mend(reason, reference),
        )

    def _mend(self, reason: str, reference: str) -> str:
        where = f"The log has it under {reference}; dbt's own story is in {self.log_file}."
        if _FULL_DISK in reason:
            return f"The disk is full: free some space and run again; nothing was lost. {where}"
        return where

    def _folders(self) -> list[str]:
        target = self._workdir / "target"
        profiles = self._workdir / "profiles"
        for folder in (target, profiles, self.log_file.parent):
            folder.mkdir(parents=True, exist_ok=True)
        output = dict(self._warehouse.dbt_output())
        profile = {"hotdash": {"target": "warehouse", "outputs": {"warehouse": output}}}
        (profiles / "profiles.yml").write_text(json.dumps(profile, indent=2))
        return [
            *("--project-dir", str(dbt_project_folder())),
            *("--profiles-dir", str(profiles)),
            *("--target-path", str(target)),
            *("--log-path", str(self.log_file.parent)),
        ]


def _is_made_anew(arguments: Sequence[str], variables: Mapping[str, Any]) -> bool:
    """What is made anew goes over what there was, and asks nothing of it."""
    return "--full-refresh" in arguments or variables.get("only_affected") is False


def _once(on_finished: OnFinished) -> OnFinished:
    """A node that was sent, and is then made by dbt, is finished one time."""
    told = set[str]()

    def tell(name: str) -> None:
        if name not in told:
            told.add(name)
            on_finished(name)

    return tell


@contextmanager
def environment(variables: Mapping[str, str]) -> Generator[None]:
    """The variables stand in this process's environment only while dbt reads them."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def project_hash(folder: Path) -> str:
    """Changes with every model, macro, check and setting of the project."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv"} and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _node_result(result: Any) -> NodeResult:
    affected = result.adapter_response.get("rows_affected")
    return NodeResult(
        unique_id=result.node.unique_id,
        name=result.node.name,
        status=str(result.status),
        seconds=float(result.execution_time),
        failures=result.failures,
        rows=affected if isinstance(affected, int) and affected >= 0 else None,
        message=result.message,
    )


def _is_hook(result: NodeResult) -> bool:
    return result.unique_id.startswith("operation.")


def _in_short(text: str | None) -> str:
    """The lines that say what is wrong, without dbt's heading and the file's own source."""
    lines = [line.strip() for line in (text or "no reason was given").splitlines()]
    telling = [line for line in lines if line and not line.startswith(("-----", "Database Error"))]
    return " ".join(telling[:_TELLING_LINES])
