"""The launch validation of some shops: made from one snapshot each, signed all or none, written as files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.parity import Parity
from hotdash.reports.validation.contract import Report
from hotdash.reports.validation.document import SignOff, json_of, sha256_of
from hotdash.reports.validation.make import make_report
from hotdash.reports.validation.render import html_of
from hotdash.reports.validation.signing import require_may_be_signed, sign
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.repositories.source_overview import source_overview
from hotdash.storage.appdb.session import Database

FOLDER = "validation"
_SHORT = 12

CompareServed = Callable[[str], Parity]


@dataclass(frozen=True, slots=True)
class Validated:
    report: Report
    sign_off: SignOff | None
    files: tuple[Path, ...]


def validate(database: Database, clock: Clock, shop_id: str, compare: CompareServed) -> Report:
    parity = compare(shop_id)
    with database.snapshot() as session:
        shop = get_shop(session, shop_id)
        sources = {
            each.source
            for each in source_overview(session, clock.now(), [shop_id])
            if each.connected_at is not None
        }
        return make_report(session, shop, sources, parity)


def sign_all(database: Database, clock: Clock, reports: Sequence[Report], by: str) -> list[SignOff]:
    """None is signed where one may not be."""
    at = clock.now()
    for report in reports:
        require_may_be_signed(report, at)
    with database.jobs() as session:
        return [sign(session, report, by=by, actor=by, at=at) for report in reports]


def write(folder: Path, report: Report, sign_off: SignOff | None) -> Validated:
    """What was signed lies beside what was not: asking again does not take a signature away."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signed = "-signed" if sign_off else ""
    name = f"validation-{report.shop_id}-{sha256_of(report)[:_SHORT]}{signed}"
    contents = {"json": json_of(report, sign_off), "html": html_of(report, sign_off)}
    files = {folder / f"{name}.{ending}": content for ending, content in contents.items()}
    for file, content in files.items():
        half = file.with_name(f"{file.name}.half")
        half.write_bytes(content)
        half.replace(file)
    return Validated(report, sign_off, tuple(files))
