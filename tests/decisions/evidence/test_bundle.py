"""A bundle proves itself: what was done to it afterwards is named, and no secret is in it."""

import base64
import json
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest

from hotdash.base.audit_lines import part_of_lines
from hotdash.base.errors import NotFoundError
from hotdash.base.logging import configure_logging, get_logger
from hotdash.decisions.evidence.bundle import MANIFEST, open_bundle, pack
from hotdash.decisions.evidence.proof import verify_by_log
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.storage.appdb.repositories import audit, runs
from hotdash.storage.appdb.repositories.alert_channels import save_channel
from hotdash.storage.appdb.repositories.credentials import enter_credential
from hotdash.storage.appdb.repositories.mirrors import save_mirror
from hotdash.storage.appdb.repositories.runs import RunStatus
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE, Vault
from tests.fixtures.commands import Commands
from tests.fixtures.shops import SeededShop, add_shop

IN_WINDOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WINDOW = ("--from", "2026-11-20", "--to", "2026-11-21")
Members = dict[str, bytes]


@pytest.fixture
def home(commands: Commands) -> Path:
    folder = commands.folder / ".hotdash"
    (folder / "logs").mkdir(parents=True)
    folder.chmod(0o700)
    return folder


@pytest.fixture
def lived(shop: SeededShop, database: Database, home: Path) -> SeededShop:
    """A shop about which something is known in the window."""
    with database.jobs() as session:
        decision = Decision(
            shop.shop_id, Scope.OPS, Action.CORRECT, "cli:ann", "order 7", "=1+1 mend@shop.example"
        )
        record_decision(session, decision, IN_WINDOW)
        for number in range(3):
            audit.add_event(
                session,
                shop_id=shop.shop_id,
                actor="cli:ann",
                action="try",
                subject=str(number),
                at=IN_WINDOW + timedelta(minutes=number),
            )
    return shop


def log(home: Path, *told: dict[str, Any]) -> None:
    with (home / "logs/hotdash.ndjson").open("a") as stream:
        stream.writelines(
            json.dumps({"timestamp": "2026-11-20T12:00:00Z", **each}) + "\n" for each in told
        )


def members_of(path: str) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path: Path, members: Members) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_holds_what_was_known_and_nothing_of_another_time(
    commands: Commands, lived: SeededShop, home: Path
) -> None:
    log(home, {"event": "in"}, {"event": "out", "timestamp": "2026-11-21T00:00:00Z"})
    log(home, {"event": "other", "shop_id": "another"})
    made = commands.told("evidence", "create", "Orders off", "--shop", lived.shop_id, *WINDOW)
    members = members_of(made["path"])
    assert [json.loads(line)["event"] for line in members["logs/hotdash.ndjson"].splitlines()] == [
        "in"
    ]
    result = members["results/decisions.csv"].decode()
    assert "'=1+1 ***" in result
    assert b"select" in members["queries/decisions.sql"]
    lines = members["audit/events.ndjson"].decode().splitlines()
    part = part_of_lines(lines)
    assert (part.rows, part.misfit) == (3, None)
    ends = json.loads(members["audit/chain_ends.json"])
    assert ends[lived.shop_id]["position"] == 3
    assert json.loads(members["configuration/settings.json"])["database_url"] == "set"
    assert set(members) == {*made["members"], MANIFEST}
    listed = commands.told("evidence", "list")["bundles"]
    assert [(each["topic"], each["is_here"]) for each in listed] == [("Orders off", True)]


def test_of_one_shop_it_tells_nothing_of_another(
    commands: Commands, lived: SeededShop, database: Database, home: Path
) -> None:
    other, shared, alone = "nebenan", UUID(int=1), UUID(int=2)
    with database.jobs() as session:
        add_shop(session, other)
        for run_id, shops in ((shared, [lived.shop_id, other]), (alone, [lived.shop_id])):
            runs.start_run(session, run_id, "w", "refresh", shops, IN_WINDOW)
            session.flush()
            for step in (f"ingest {lived.shop_id} shopify", f"ingest {other} shopify", "check"):
                if other not in step or run_id == shared:
                    runs.start_step(session, run_id, step, IN_WINDOW)
                    runs.fail_step(session, run_id, step, f"{step} fell", IN_WINDOW)
        runs.finish_run(session, shared, RunStatus.FAILED, IN_WINDOW, f"{other} fell")
    log(home, {"event": "in"}, {"event": "job_failed", "shops": [lived.shop_id, other]})
    log(home, {"event": "step_failed", "step": f"ingest {other} shopify"})
    made = commands.told("evidence", "create", "Mine", "--shop", lived.shop_id, *WINDOW)
    members = members_of(made["path"])
    assert [name for name, content in members.items() if other.encode() in content] == []
    steps = members["results/run_steps.csv"].decode()
    assert steps.count(f"ingest {lived.shop_id} shopify fell") == 2
    assert steps.count("check fell") == 1, "of the shop's own run alone"
    whole = members_of(commands.told("evidence", "create", "All", *WINDOW)["path"])
    assert whole["results/run_steps.csv"].decode().count("check fell") == 2


def test_the_same_window_gives_the_same_bytes(
    commands: Commands, lived: SeededShop, home: Path
) -> None:
    log(home, {"event": "in"})
    one = commands.told("evidence", "create", "Twice", *WINDOW)
    first = Path(one["path"]).read_bytes()
    other = commands.told("evidence", "create", "Twice", *WINDOW)
    assert (one["path"], first) == (other["path"], Path(other["path"]).read_bytes())


def flip(members: Members) -> Members:
    name = "results/decisions.csv"
    content = bytearray(members[name])
    content[len(content) // 2] ^= 1
    return {**members, name: bytes(content)}


def forge(members: Members) -> Members:
    """Changed, with a manifest that fits the change."""
    about = json.loads(members[MANIFEST])
    changed = flip(members)
    del changed[MANIFEST], about["format"], about["members"]
    forged = Path("forged.zip")
    forged.write_bytes(pack(about, changed)[0])
    return members_of(str(forged))


@pytest.mark.parametrize(
    ("tamper", "member", "why"),
    [
        (flip, "results/decisions.csv", "it was changed"),
        (
            lambda them: {k: v for k, v in them.items() if k != "README.md"},
            "README.md",
            "it was removed",
        ),
        (lambda them: {**them, "more.txt": b""}, "more.txt", "it was added"),
        (
            lambda them: {**them, MANIFEST: them[MANIFEST].replace(b"Orders off", b"Orders on")},
            MANIFEST,
            "it was changed",
        ),
        (lambda them: {k: v for k, v in them.items() if k != MANIFEST}, MANIFEST, "it is gone"),
        (forge, MANIFEST, "it was changed: the audit log holds"),
    ],
)
def test_what_was_done_to_it_is_named(
    commands: Commands,
    lived: SeededShop,
    tamper: Callable[[Members], Members],
    member: str,
    why: str,
) -> None:
    made = commands.told("evidence", "create", "Orders off", *WINDOW)
    path = Path(made["path"])
    assert commands.told("evidence", "verify", made["path"])["holds"]
    write(path, tamper(members_of(made["path"])))
    told = commands.told("evidence", "verify", made["path"], code=1)
    assert not told["holds"]
    assert told["differences"][0]["member"] == member
    assert told["differences"][0]["why"].startswith(why)
    known = ("--manifest", made["manifest_sha256"])
    assert not commands.told("evidence", "verify", made["path"], *known, code=1)["holds"]


def test_every_byte_of_every_member_counts() -> None:
    members = {"a.txt": b"abc", "b/c.txt": bytes(range(64))}
    content, _ = pack({"topic": "t"}, members)
    path = Path("every.zip")
    for name, known in members.items():
        for place in range(len(known)):
            changed = bytearray(known)
            changed[place] ^= 0x80
            path.write_bytes(content)
            write(path, {**members_of(str(path)), name: bytes(changed)})
            assert [each.member for each in open_bundle(path).differences] == [name]


def test_every_byte_of_the_file_counts(
    commands: Commands, shop: SeededShop, database: Database
) -> None:
    """Also where nothing that it holds is changed by it: times, rights, padding, what lies behind."""
    made = commands.told("evidence", "create", "Orders off", "--shop", shop.shop_id, *WINDOW)
    path = Path(made["path"])
    content = path.read_bytes()
    places = random.Random(7)
    damaged = [content + b"\0", b"\0" + content, content[:-1]]
    for place in places.sample(range(len(content)), 400):
        damaged.append(content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :])
    for each in damaged:
        path.write_bytes(each)
        with suppress(NotFoundError):
            # What is no bundle any more is refused as such.
            assert verify_by_log(path, database).differences


def test_names_that_lead_out_of_it_are_named() -> None:
    names = ("../up.txt", "/root.txt", "a/../../b.txt", "C:\\x.txt", "..\\y.txt")
    Path("out.zip").write_bytes(pack({"topic": "t"}, dict.fromkeys(names, b"x"))[0])
    found = open_bundle(Path("out.zip")).differences
    assert {each.member for each in found} == set(names)
    assert {each.why for each in found} == {"its name leads out of the bundle"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_alone_it_says_that_nobody_vouches(commands: Commands, lived: SeededShop) -> None:
    made = commands.told("evidence", "create", "Orders off", *WINDOW)
    told = commands.told("evidence", "verify", made["path"], "--alone")
    assert (told["holds"], told["manifest_is_vouched_for"]) == (True, False)
    assert "--manifest says" in commands.shown("evidence", "verify", made["path"], "--alone")


def test_no_secret_is_in_any_member(
    commands: Commands, lived: SeededShop, database: Database, home: Path
) -> None:
    settings, vault_token, hook, variable, password, mirror_key = (
        *(
            "set-5b0c!&d/1",
            "plain-vault-9f2e\\7",
            "hook-77aa-secret",
            "var-4141-tok",
            "pass w/ord9",
            "mirror-service-31",
        ),
    )
    vault = Vault(home / KEY_FILE)
    address = "nina@customer.example"
    with database.jobs() as session:
        for vendor in ("shopify", "chatwoot"):
            fields = {"access_token": vault_token, "domain": "hot-rod.example"}
            enter_credential(session, vault, lived.shop_id, vendor, fields)
        save_channel(session, vault, "slack", "slack", {}, {"url": hook}, IN_WINDOW)
        save_mirror(session, vault, "https://p.example", mirror_key, "working", IN_WINDOW)
        spoken = " ".join((settings, vault_token, hook, variable, password, mirror_key))
        audit.add_event(
            session,
            shop_id=lived.shop_id,
            actor="cli:ann",
            action="try",
            subject=spoken,
            at=IN_WINDOW,
            detail={"said": spoken, "to": address},
        )
        decision = Decision(
            lived.shop_id, Scope.OPS, Action.CORRECT, "cli:ann", "order 8", f"{spoken} {address}"
        )
        record_decision(session, decision, IN_WINDOW)
    key = (home / KEY_FILE).read_text().split()[0]
    secrets = (settings, vault_token, hook, variable, password, mirror_key, key)
    configure_logging("info", home / "logs/told.ndjson")
    get_logger("told").info(f"used {' '.join(secrets)} for {address}", url=f"https://x/?k={key}")
    log(home, *({"event": f"{each} {quote(each, safe='')} {address}"} for each in secrets))
    log(home, {"event": base64.b64encode(password.encode()).decode()})
    (home / "parity").mkdir()
    (home / "parity/newest.json").write_text(json.dumps({"said": secrets, "to": address}))
    told_file = (
        (home / "logs/told.ndjson")
        .read_text()
        .replace(
            json.loads((home / "logs/told.ndjson").read_text().splitlines()[0])["timestamp"],
            "2026-11-20T13:00:00Z",
        )
    )
    (home / "logs/told.ndjson").write_text(told_file)
    made = commands.told(
        *("evidence", "create", f"Key {settings}", *WINDOW),
        HOTDASH_SHOPIFY_CLIENT_SECRET=settings,
        HOTDASH_WAREHOUSE_URL=f"postgresql://u:{quote(password, safe='')}@db.example:5432/w",
        PAGER_TOKEN=variable,
    )
    members = members_of(made["path"])
    for needed in ("logs/told.ndjson", "logs/hotdash.ndjson", "artifacts/parity/newest.json"):
        assert b"***" in members[needed]
    for secret in (*secrets, address):
        forms = {
            secret,
            quote(secret, safe=""),
            json.dumps(secret)[1:-1],
            base64.b64encode(secret.encode()).decode().rstrip("="),
        }
        for name, content in [*members.items(), ("its name", made["path"].encode())]:
            assert not [form for form in forms if form.encode() in content], (name, secret)
    attached = home / "mine.txt"
    attached.write_text(f"see {vault_token}")
    error = commands.error("evidence", "create", "Mine", "--attach", str(attached))
    assert error["field"] == "attach"
