"""What an installation is made of beside its jobs, and whether each part needs somebody."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.backups_seen import BackupsSeen
from hotdash.entrypoints.work_overview import WorkOverview
from hotdash.governance.privacy.erasure_log import erasures
from hotdash.governance.secrets.expiry import Ending
from hotdash.jobs.back_up import MISSED_AFTER
from hotdash.jobs.backups import BackupDesk
from hotdash.jobs.secret_ends import endings
from hotdash.storage.appdb.repositories import inbox, shops
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault


@dataclass(frozen=True, slots=True)
class State:
    """By the names and words that every state on a page has."""

    name: str
    word: str
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    state: State
    told: str
    mend: str = ""


WELL = State("ok", "well")
LATE, BROKEN = State("watch", "late", is_wrong=True), State("act", "failed", is_wrong=True)
UNKNOWN, BESIDE = State("empty", "not yet"), State("watch", "same disk")
_OPEN, _ENDS = State("watch", "open", is_wrong=True), State("watch", "ends", is_wrong=True)


def workers(work: WorkOverview) -> Part:
    if not work.alive:
        return Part("Workers", BROKEN, "None is running.", "Start one with `hotdash worker`.")
    versions = sorted({each.version for each in work.workers if each.is_alive(work.at)})
    return Part("Workers", WELL, f"{work.alive} running, of version {', '.join(versions)}.")


def lineage(*, is_traced: bool) -> Part:
    if is_traced:
        return Part("Lineage", WELL, "Traced as the project is.")
    return Part("Lineage", UNKNOWN, "Not traced on this machine.", "Run `hotdash lineage trace`.")


def backups(desk: BackupDesk, known: BackupsSeen, now: datetime) -> Part:
    """By their names alone, as the doctor looks: no key is needed."""
    try:
        seen = known.look(desk)
    except HotdashError as error:
        return Part("Backups", BROKEN, error.message, error.hint or "")
    newest, is_beside = seen.newest, seen.is_beside_the_home
    where = f"at {desk.told}, on the disk of this home" if is_beside else f"at {desk.told}"
    elsewhere = "HOTDASH_BACKUP_URL names another place: what takes this disk takes both."
    if newest is None:
        told = f"None {where} yet; the worker makes one every night."
        return Part("Backups", UNKNOWN, told, elsewhere if is_beside else "")
    told = f"The newest is of {formatting.ago(newest, now)}, {where}."
    if now - newest > MISSED_AFTER:
        return Part("Backups", LATE, told, "`hotdash backup create` makes one.")
    return Part("Backups", BESIDE, told, elsewhere) if is_beside else Part("Backups", WELL, told)


def erasures_open(database: Database, home: Path, now: datetime) -> Part:
    """Of all shops, by their number: who is meant says the command."""
    try:
        unfinished = sum(each.finished_at is None for each in erasures(home))
    except HotdashError as error:
        return Part("Erasures", BROKEN, error.message, error.hint or "")
    with database.jobs() as session:
        due = [
            request.due_at
            for shop in shops.list_shops(session)
            for request in inbox.open_requests(session, shop.shop_id)
        ]
    told = [
        f"{_counted(unfinished, 'erasure')} not finished." if unfinished else "",
        f"{_counted(len(due), 'request')} of vendors open, the first due by "
        f"{formatting.day_with_year(min(due).date())}."
        if due
        else "",
    ]
    if not unfinished and not due:
        return Part("Erasures", WELL, "None is open, and no vendor waits for an answer.")
    is_wrong = unfinished or min(due) <= now
    mend = "`hotdash privacy report` lists them; the worker answers in the night."
    if unfinished:
        mend = (
            "`hotdash privacy replay` finishes what was begun; `hotdash privacy report` lists it."
        )
    return Part("Erasures", _OPEN if is_wrong else WELL, " ".join(filter(None, told)), mend)


def keys(database: Database, vault: Vault, seen: Collection[str], now: datetime) -> Iterator[Part]:
    """Of the shops that the person sees, and of what is no shop's."""
    try:
        known = endings(database, vault)
    except HotdashError as error:
        yield Part("Keys", BROKEN, error.message, error.hint or "")
        return
    own = [each for each in known if each.shop_id is None or each.shop_id in seen]
    soon = [each for each in own if each.is_soon(now)]
    yield from (_ending(each, now) for each in soon)
    if not soon:
        yield Part("Keys", WELL, f"None of {len(own)} known ends is near.")


def _ending(each: Ending, now: datetime) -> Part:
    return Part(f"Key to {each.opens}", _ENDS, each.sentence(now), each.mend)


def _counted(number: int, word: str) -> str:
    return f"{number} {word} is" if number == 1 else f"{number} {word}s are"
