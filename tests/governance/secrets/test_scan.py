"""What is found, where, and that nothing is missed between two blocks; this project holds none itself."""

import gzip
import io
import subprocess
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hotdash.governance.secrets import scan
from hotdash.governance.secrets.scan import KEYS, KNOWN, Leak, Scanner, scan_home, scan_tree

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "xo" + "xb-" + "123456789012-abcdefghijkl"
KNOWN_SECRET = "correct horse: battery & staple"


def found(text: str, *secrets: str) -> list[Leak]:
    return [*Scanner(secrets).leaks_in("a", io.BytesIO(text.encode()))]


def test_a_shape_is_found_in_its_line() -> None:
    assert found(f"a\nb\n{TOKEN} c\nd") == [Leak("a", 3, "a Slack token")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("postgresql+psycopg" + "://me:hunter22@db:5432/a", "a database address with its password"),
        ("redis" + "://:hunter22@cache/0", "a database address with its password"),
        ("mongodb+srv" + "://me:hunter22@a.example", "a database address with its password"),
        ("host=db user=me pass" + "word=hunter22", "a database connection with its password"),
        (
            "eyJhbGciOiJIUzI1NiJ9." + "eyJyb2xlIjoic2VydmljZV9yb2xlIn0." + "a" * 43,
            "a key of Supabase",
        ),
        ("sb_" + "secret_" + "a1" * 12, "a key of Supabase"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
    ],
)
def test_addresses_and_keys_are_found_by_their_shape(text: str, kind: str) -> None:
    assert found(f"it is {text}") == [Leak("a", 1, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:$PASSWORD@db/a",
        "redis://cache/0",
        "mongodb://a.example/db",
        "host=db user=me password=$PASSWORD",
        "eyJ.eyJ.a",
    ],
)
def test_what_only_stands_for_one_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_a_token_of_meta_is_found_and_a_parquet_file_is_none() -> None:
    token = "EAA" + "Bx7" * 30
    assert found(f"access_token={token}&a=b") == [Leak("a", 1, "a token of Meta")]
    file = io.BytesIO()
    pq.write_table(pa.table({f"column_{number}": ["x"] for number in range(40)}), file)
    assert b"EAAAA" in file.getvalue()
    file.seek(0)
    assert [*Scanner([]).leaks_in("a", file)] == []


def test_a_key_file_in_a_project_is_found_whatever_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "secret.keys").write_text("nothing to be seen\n")
    scanned = scan_tree(tmp_path, ["secret.keys"], Scanner([]), never={"secret.keys"})
    assert scanned.leaks == (Leak("secret.keys", 1, KEYS),)


@pytest.mark.parametrize(
    "form",
    [
        KNOWN_SECRET,
        "correct%20horse%3A%20battery%20%26%20staple",
        "Y29ycmVjdCBob3JzZTogYmF0dGVyeSAmIHN0YXBsZQ==",
    ],
)
def test_a_known_secret_is_found_in_every_form(form: str) -> None:
    assert found(f'{{"a": "{form}"}}', KNOWN_SECRET) == [Leak("a", 1, KNOWN)]


@pytest.mark.parametrize("ordinary", ["hotdash", "password", "POSTGRES", "a-b-c"])
def test_a_secret_that_is_a_mere_word_is_not_looked_for(ordinary: str) -> None:
    assert found(f"this is {ordinary} again", ordinary) == []


def test_nothing_is_missed_or_counted_wrongly_between_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scan, "_BLOCK", 16)
    lines = [f"line {number}" for number in range(40)]
    lines[7] = lines[31] = f"here it is: {TOKEN}"
    assert [each.line for each in found("\n".join(lines))] == [8, 32]


def test_a_home_is_looked_through_but_for_databases_keys_and_sealed_backups(tmp_path: Path) -> None:
    def write(name: str, text: str = TOKEN) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    keys = ("secret.keys", "secret.keys.0123456789ab", "backup.keys")
    for name in (*keys, "backups/chunks/ab", "warehouse.duckdb", "cache/a.json"):
        write(name)
    write("postgres/data/PG_VERSION", "16")
    write("postgres/data/base/1")
    write("postgres/postgres.log")
    with gzip.open(tmp_path / "old.ndjson.gz", "wt") as packed:
        packed.write(TOKEN)
    (tmp_path / "broken.gz").write_bytes(b"\x1f\x8b no gzip")
    scanned = scan_home(
        tmp_path,
        Scanner([]),
        keys=[tmp_path / "secret.keys", tmp_path / "backup.keys"],
        sealed=tmp_path / "backups",
    )
    assert [each.where for each in scanned.leaks] == [
        "old.ndjson.gz",
        "cache/a.json",
        "postgres/postgres.log",
    ]
    assert scanned.unread == ("broken.gz",)


def test_made_up_secrets_of_tests_are_left_alone_and_known_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "one.py").write_text(f"{TOKEN}\n{KNOWN_SECRET}\n")
    scanned = scan_tree(tmp_path, ["tests/one.py", "gone.py"], Scanner([KNOWN_SECRET]))
    assert scanned.leaks == (Leak("tests/one.py", 2, KNOWN),)


@pytest.mark.parametrize(
    "secret", ["simulated-secret", "shpat_simulated_hot_rod_an", "cw_simulated_admin_hot_rod_an"]
)
def test_what_a_simulator_made_up_is_a_leak_everywhere_but_beside_it(
    tmp_path: Path, secret: str
) -> None:
    paths = ["hotdash/simulators/shop.py", "tests/test_shop.py", "deploy/shop.yml"]
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"secret = {secret}\n")
    scanned = scan_tree(tmp_path, paths, Scanner([secret]))
    assert scanned.leaks == (Leak("deploy/shop.yml", 1, KNOWN),)
    assert scanned.files == 3


def test_this_project_holds_no_secret() -> None:
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    scanned = scan_tree(ROOT, [path for path in listed.split("\0") if path], Scanner([]))
    assert scanned.files > 1000
    assert scanned.leaks == ()
