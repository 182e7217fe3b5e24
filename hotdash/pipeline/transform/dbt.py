"""dbt inside this process: one parsed project per warehouse, invoked quietly, answered in records."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, cast

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger, new_reference, redact
from hotdash.base.paths import dbt_project_folder
from hotdash.pipeline.transform.lean_dbt import lean
from hotdash.pipeline.transform.parsed import parse_key, parsed_once
from hotdash.pipeline.transform.story import Story
from hotdash.storage.warehouse.contract import Warehouse

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
_ONE_AT_A_TIME = threading.RLock()
OnFinished = Callable[[str], None]


class TransformError(HotdashError):
    code = "transform_failed"
    http_status = 500


@dataclass(frozen=True)
class NodeResult:
    unique_id: str
    name: str
    status: str
    seconds: float
    failures: int | None
    rows: int | None
    message: str | None


class DbtProject:
    """Keeps the parsed manifest, because parsing costs more than a build of a day."""

    _parsed: ClassVar[dict[str, Any]] = {}

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
        """Parsed once per home, as long as neither project, target nor version changes."""
        key = parse_key(project_hash(dbt_project_folder()), self._warehouse.dbt_output())
        place = f"{self._workdir} {key}"
        with _ONE_AT_A_TIME:
            if place not in self._parsed:
                self._parsed[place] = parsed_once(
                    self._workdir / "parsed.msgpack", key, self._parse
                )
            return self._parsed[place]

    def _parse(self) -> Any:
        return self._invoke(None, ["parse", "--no-write-json"], None).result

    def run(
        self, arguments: Sequence[str], variables: Mapping[str, Any], on_finished: OnFinished
    ) -> list[NodeResult]:
        """One dbt command; failed nodes stand in the answer, anything worse is raised."""
        with _ONE_AT_A_TIME:
            told = json.dumps(dict(variables), sort_keys=True)
            command = [*arguments, "--vars", told, "--no-write-json"]
            answer = self._invoke(self.manifest, command, on_finished)
        results = [_node_result(result) for result in answer.result.results]
        for result in results:
            if _is_hook(result) and result.status == "error":
                raise self.explain(result)
        return [result for result in results if not _is_hook(result)]

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
