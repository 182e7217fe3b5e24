"""Gather what is known about a window into one file that proves itself, and enter its hash into the audit log."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import HotdashError
from hotdash.decisions.evidence.artifacts import artifacts, packets
from hotdash.decisions.evidence.bundle import pack, sha256_of
from hotdash.decisions.evidence.cleaning import Cleaner
from hotdash.decisions.evidence.members import (
    AUDIT_MEMBER,
    AuditBetween,
    answers,
    as_document,
    cleaned,
    log_lines,
    record,
)
from hotdash.storage.appdb.repositories import audit, audit_chain
from hotdash.storage.appdb.repositories.evidence import Window
from hotdash.storage.appdb.repositories.shops import get_shop, list_shops
from hotdash.storage.appdb.session import Database

FOLDER = "evidence"
CREATED = "evidence.create"
_LONGEST_TOPIC = 120


@dataclass(frozen=True, slots=True)
class Asked:
    topic: str
    window: Window
    attached: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Settings as they may be shown; the secrets are what may stand nowhere."""

    home: Path
    audited: AuditBetween
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    secrets: Collection[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    manifest_hash: str
    members: tuple[str, ...]


def create(
    database: Database, around: Surroundings, asked: Asked, actor: str, clock: Clock
) -> Made:
    cleaner = Cleaner(around.secrets)
    topic = _topic(asked.topic, cleaner)
    window = asked.window
    if window.since >= window.until:
        raise HotdashError(
            f"The window ends at {iso_utc(window.until)}, which is not after its beginning.",
            hint="Give --from before --to.",
            field="to",
        )
    with database.jobs() as session:
        audit_chain.seal(session)
    members = _attached(asked.attached, cleaner)
    with database.snapshot() as session:
        if window.shop_id is not None:
            get_shop(session, window.shop_id)
        members |= cleaned(answers(session, window), cleaner)
        members |= cleaned(record(session, window, around.audited), cleaner)
        members |= cleaned(packets(session, window), cleaner)
        others = [] if window.shop_id is None else _others(session, window.shop_id)
    members |= cleaned(log_lines(around.home, window, others), cleaner)
    members |= dict(artifacts(around.home, topic, window, cleaner.clean))
    members |= _configuration(around, cleaner)
    about = {
        "topic": topic,
        "shop": window.shop_id,
        "from": iso_utc(window.since),
        "to": iso_utc(window.until),
    }
    members["README.md"] = _readme(about, members).encode()
    _refuse_secrets(members, cleaner)
    content, manifest_hash = pack(about, members)
    path = around.home / FOLDER / f"{_slug(topic)}-{manifest_hash[:12]}.zip"
    _write(path, content)
    with database.jobs() as session:
        audit.add_event(
            session,
            shop_id=window.shop_id,
            actor=actor,
            action=CREATED,
            subject=path.name,
            at=clock.now(),
            detail={
                "manifest_sha256": manifest_hash,
                "file_sha256": sha256_of(content),
                "members": len(members),
                **about,
            },
        )
    return Made(path, manifest_hash, tuple(sorted(members)))


def _topic(told: str, cleaner: Cleaner) -> str:
    topic = cleaner.clean(" ".join(told.split()))
    if not topic or len(topic) > _LONGEST_TOPIC:
        raise HotdashError(
            f"A topic has 1 to {_LONGEST_TOPIC} characters; this one has {len(topic)}.",
            hint="Say in a few words what the bundle is evidence of.",
            field="topic",
        )
    return topic


def _attached(files: Sequence[Path], cleaner: Cleaner) -> dict[str, bytes]:
    """As they are, or not at all: a file that was changed on its way is no evidence."""
    found: dict[str, bytes] = {}
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise _unfit(file, f"cannot be read: {error.strerror}") from None
        name = f"attached/{file.name}"
        if name in found:
            raise _unfit(file, "has the name of another one")
        if not cleaner.is_clean(content):
            raise _unfit(file, "holds a secret or an e-mail address")
        found[name] = content
    return found


def _unfit(file: Path, why: str) -> HotdashError:
    return HotdashError(
        f"The file {file.name} {why}.",
        hint="Attach a readable copy under a name of its own, without keys and addresses.",
        field="attach",
    )


def _configuration(around: Surroundings, cleaner: Cleaner) -> dict[str, bytes]:
    return cleaned(
        iter(
            (
                ("configuration/settings.json", as_document(around.settings)),
                ("configuration/versions.json", as_document(around.versions)),
            )
        ),
        cleaner,
    )


def _refuse_secrets(members: Mapping[str, bytes], cleaner: Cleaner) -> None:
    """Looked for again in what would be written, pictures too."""
    for name, content in members.items():
        if cleaner.holds_secret(content) or cleaner.holds_secret(name.encode()):
            raise HotdashError(
                f"{name} would hold a secret, so no bundle was made.",
                hint="Remove that file from the home, or the secret from it, and create it again.",
            )


def _readme(about: Mapping[str, Any], members: Mapping[str, bytes]) -> str:
    listed = "".join(f"- `{name}`\n" for name in sorted(members))
    return (
        f"# Evidence: {about['topic']}\n\n"
        f"From {about['from']} to before {about['to']}, "
        f"of {about['shop'] or 'every shop'}. Instants are UTC.\n\n"
        "`manifest.json` holds the SHA-256 of every other file. `hotdash evidence verify` on this "
        "file names what was changed, removed or added; where the audit log is at hand, also a "
        "manifest that was forged.\n\n"
        "`queries/` holds the SQL, `results/` its answers with `:shop`, `:since` and `:until` as "
        "above. In a result, text that a spreadsheet would run begins with an apostrophe. "
        f"`{AUDIT_MEMBER}` is proven alone by `hotdash audit verify FILE`, "
        "`audit/chain_ends.json` says how far each chain went (the installation's has no name). "
        "`published/` is what the pages showed when the window ended.\n\n"
        "Secrets and e-mail addresses were taken out and stand as `***`; people are told by "
        f"pseudonym or id.\n\n{listed}"
    )


def _slug(topic: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-")[:40] or "evidence"


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and for this user only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _others(session: Session, shop_id: str) -> list[str]:
    return [each.shop_id for each in list_shops(session) if each.shop_id != shop_id]
