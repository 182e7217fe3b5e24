"""The key changes under a web server and a worker at work; leaks and ends are told before they hurt."""

import json
import re
import subprocess
import sys
import time
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from hotdash.base.clock import SystemClock
from hotdash.connectors.shopify.webhooks import signature
from hotdash.storage.appdb.repositories.mirrors import save_mirror
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE, Vault
from tests.entrypoints.cli.test_commands import Terminal
from tests.fixtures.commands import Commands
from tests.fixtures.free_ports import free_port
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.simulator import SHOP_ID, SimulatorHandle

# Put together here, so that no scanner takes this file for a leak.
SHOPIFY_TOKEN = "shp" + "at_" + "0123456789abcdef" * 2
RAW_SECRET = "correct-horse/battery+staple"
REST = 3.0


class AtWork:
    """A shop with a web server and a worker, each a process of its own."""

    def __init__(self, folder: Path, database_url: str, simulator: SimulatorHandle) -> None:
        self.terminal = Terminal(folder, database_url)
        self.terminal.connect(simulator)
        self.fields = simulator.shops[SHOP_ID]["sources"]["shopify"]
        self.terminal.told(
            *("connect", "shopify", "--shop", SHOP_ID, "--secrets-stdin"),
            stdin=json.dumps(self.fields),
        )
        port = free_port()
        self.settings = ("--set", f"port={port}")
        self.url = f"http://127.0.0.1:{port}"
        self.processes = [self.start("serve"), self.start("worker")]

    def start(self, *command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "hotdash", *self.settings, *command],
            cwd=self.terminal.folder,
            env=self.terminal.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def end(self) -> None:
        for each in self.processes:
            each.kill()
            each.wait(20)

    def workers(self) -> int:
        try:
            return httpx.get(f"{self.url}/readyz").json()["workers"]
        except httpx.TransportError:
            return 0

    def deliver(self, number: int, secret: str | None = None) -> int:
        """A webhook, which the web server believes by a secret that it opens."""
        body = json.dumps({"id": number}).encode()
        headers = {
            "X-Shopify-Shop-Domain": self.fields["domain"],
            "X-Shopify-Topic": "orders/updated",
            "X-Shopify-Webhook-Id": str(number),
            "X-Shopify-Hmac-Sha256": signature(body, secret or self.fields["client_secret"]),
        }
        return httpx.post(f"{self.url}/webhooks/shopify", content=body, headers=headers).status_code

    def orders_served(self) -> int:
        with psycopg.connect(self.terminal.environment["HOTDASH_DATABASE_URL"]) as asking:
            [(orders,)] = asking.execute("select count(*) from serving.current_fct_orders")
        return orders

    def keys(self) -> list[str]:
        return (self.terminal.folder / ".hotdash" / KEY_FILE).read_text().split()


@pytest.fixture(scope="module")
def at_work(
    tmp_path_factory: pytest.TempPathFactory,
    template_urls: DatabaseUrls,
    simulator_of_today: SimulatorHandle,
) -> Iterator[AtWork]:
    with new_database(template_urls, "template1") as urls:
        folder = tmp_path_factory.mktemp("at-work")
        house = AtWork(folder, urls.owner, simulator_of_today)
        try:
            until(lambda: house.workers() == 1)
            yield house
        finally:
            house.end()


def until(holds: Callable[[], bool], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# A run, a worker, a server and one command after the other share the cores with all other slow tests.
@pytest.mark.slow
@pytest.mark.timeout(600)
class TestUnderLoad:
    def test_a_run_and_webhooks_go_on_while_the_key_changes_again_and_again(
        self, at_work: AtWork
    ) -> None:
        first = at_work.keys()
        run = at_work.start("run", "--json")
        answers: list[int] = []
        number = 0
        # In the night the worker makes a backup, which needs the key of its time.
        retire_all = ("--retire-old", "--anyway")
        while run.poll() is None or number < 3:
            number += 1
            retire = retire_all if number % 2 == 0 else ()
            assert at_work.terminal.told("secrets", "rotate", *retire)["is_new"]
            answers += [at_work.deliver(number * 10 + each) for each in range(3)]
            # A command takes a core for itself: asked without rest, it would keep the run from going on.
            with suppress(subprocess.TimeoutExpired):
                run.wait(REST)
        assert run.stdout is not None
        told = json.loads(run.stdout.read())
        assert told["failed"] is False
        assert at_work.orders_served() > 100
        # The worker reads too; that none is missing is what a blocking check asks Shopify itself.
        listed = at_work.terminal.told("publish", "list", "--shop", SHOP_ID)
        assert [mart for mart in listed["marts"] if mart["blocked"]] == []
        assert set(answers) == {200}
        assert at_work.terminal.told("secrets", "rotate", *retire_all)["retired"] > 0
        assert len(at_work.keys()) == 1
        assert at_work.keys()[0] not in first
        assert at_work.deliver(9_999) == 200

    def test_webhooks_under_way_are_believed_when_their_secret_is_replaced(
        self, at_work: AtWork
    ) -> None:
        new = json.dumps({"client_secret": "the next one"})
        command = ("connect", "shopify", "--shop", SHOP_ID, "--secrets-stdin")
        at_work.terminal.told(*command, stdin=new)
        assert at_work.deliver(10_001, "the old and believed one") == 401
        # The server knows a shop's secrets for some seconds.
        until(lambda: at_work.deliver(10_002, "the next one") == 200)
        assert at_work.deliver(10_003) == 200

    def test_a_form_that_was_open_meanwhile_is_believed(self, at_work: AtWork) -> None:
        link = at_work.terminal.told("sign-in", "me@example.com")["link"]
        link = re.sub(r"http://[^/]+", at_work.url, link)
        with httpx.Client(base_url=at_work.url) as browser:
            page = browser.get(link)
            at_work.terminal.told("secrets", "rotate")
            fields = dict(re.findall(r'name="(csrf|token)" value="([^"]*)"', page.text))
            answer = browser.post("/sign-in/link", data=fields, headers={"Origin": at_work.url})
        assert answer.status_code == 303, answer.text


class TestRotate:
    def test_prepare_and_to_name_the_key(self, commands: Commands) -> None:
        commands.told("migrate")
        prepared = commands.told("secrets", "rotate", "--prepare")["key"]
        assert [each["key"] for each in commands.told("secrets", "status")["keys"]][1:] == [
            prepared
        ]
        told = commands.told("secrets", "rotate", "--to", prepared)
        assert (told["key"], told["is_new"]) == (prepared, True)
        assert "secrets status" in commands.error("secrets", "rotate", "--to", "nothing")["hint"]
        refused = commands.error("secrets", "rotate", "--prepare", "--retire-old")
        assert "rotate --to KEY" in refused["hint"]

    def test_a_key_that_backups_need_is_deleted_only_anyway(
        self, commands: Commands, simulator_of_today: SimulatorHandle
    ) -> None:
        commands.told("migrate")
        keys = commands.folder / ".hotdash" / KEY_FILE
        commands.connect_shop(simulator_of_today)
        for _ in range(2):
            commands.told("backup", "create", "--without-warehouse")
        before = keys.read_text()
        refused = commands.error("secrets", "rotate", "--retire-old")
        assert "2 backups at" in refused["message"]
        assert "--anyway" in refused["hint"]
        assert keys.read_text() == before

        told = commands.told("secrets", "rotate")
        assert (told["retired"], told["backups_need_old"]) == (0, 2)
        commands.told("backup", "create", "--without-warehouse")
        asked = ("secrets", "rotate", "--to", told["key"], "--retire-old")
        assert "2 backups at" in commands.error(*asked)["message"]
        shown = commands.shown(*asked, "--anyway")
        assert "1 old keys are deleted." in shown
        assert "2 backups hold credentials that only the old keys open" in shown
        assert len(keys.read_text().split()) == 1

    def test_where_backups_cannot_be_read_no_old_key_is_deleted_unasked(
        self, commands: Commands, simulator_of_today: SimulatorHandle
    ) -> None:
        commands.told("migrate")
        commands.connect_shop(simulator_of_today)
        commands.told("backup", "create", "--without-warehouse")
        (commands.folder / ".hotdash/backup.keys").unlink()
        refused = commands.error("secrets", "rotate", "--retire-old")
        assert "cannot be seen" in refused["message"]
        assert commands.told("secrets", "rotate")["backups_need_old"] is None
        assert commands.told("secrets", "rotate", "--retire-old", "--anyway")["retired"] == 2

    def test_status_names_secret_settings_and_not_what_they_are(self, commands: Commands) -> None:
        told = commands.told("secrets", "status", HOTDASH_SHOPIFY_CLIENT_SECRET=RAW_SECRET)
        found = {each["setting"]: each["stands_in"] for each in told["settings"]}
        assert found["shopify_client_secret"] == "HOTDASH_SHOPIFY_CLIENT_SECRET"
        shown = commands.shown("secrets", "status", HOTDASH_SHOPIFY_CLIENT_SECRET=RAW_SECRET)
        assert RAW_SECRET not in shown + json.dumps(told)


class TestScan:
    def scanned(self, commands: Commands, code: int, **more: str) -> list[tuple[str, str, int]]:
        told = commands.told("secrets", "scan", code=code, **more)
        return [
            (name, each["where"], each["line"])
            for name, found in told.items()
            for each in (found or {"leaks": []})["leaks"]
        ]

    def test_in_logs_and_packed_files_of_the_home(self, commands: Commands) -> None:
        assert self.scanned(commands, 0) == []
        home = commands.folder / ".hotdash"
        (home / "logs").mkdir(exist_ok=True)
        (home / "logs" / "web.log").write_text(f"fine\nfine\ntoken={SHOPIFY_TOKEN}\n")
        with zipfile.ZipFile(home / "bundle.zip", "w") as bundle:
            bundle.writestr("a/log", "url?key=correct-horse%2Fbattery%2Bstaple")
        known = {"HOTDASH_SHOPIFY_CLIENT_SECRET": RAW_SECRET}
        assert self.scanned(commands, 1, **known) == [
            ("home", "bundle.zip:a/log", 1),
            ("home", "logs/web.log", 3),
        ]
        shown = commands.shown("secrets", "scan", code=1, **known)
        assert SHOPIFY_TOKEN not in shown
        assert "in no git tree" in shown
        sick = commands.told("doctor", code=1, **known)["checks"]
        [told] = [each for each in sick if each["what"] == "secrets in the home"]
        assert (told["ok"], "logs/web.log:3" in told["says"]) == (False, True)

    def test_in_files_that_git_would_keep(self, commands: Commands) -> None:
        subprocess.run(["git", "init", "-q", commands.folder], check=True)
        (commands.folder / ".gitignore").write_text(".hotdash/\nhotdash.toml\n")
        (commands.folder / "deploy.yml").write_text(f"a: b\nsecret: {RAW_SECRET}\n")
        (commands.folder / "hotdash.toml").write_text(f'shopify_client_secret = "{RAW_SECRET}"\n')
        assert self.scanned(commands, 1) == [("tree", "deploy.yml", 2)]
        checks = {each["what"]: each for each in self.doctor(commands, "--secrets")}
        assert "deploy.yml:2" in checks["secrets in the project"]["says"]
        assert "chmod 600" in checks["settings file"]["mend"]
        (commands.folder / "hotdash.toml").chmod(0o600)
        (commands.folder / "deploy.yml").unlink()
        checks = {each["what"]: each["ok"] for each in self.doctor(commands, "--secrets")}
        assert checks["secrets in the project"]
        assert checks["settings file"]

    def test_not_in_an_environment_that_nobody_put_into_git(self, commands: Commands) -> None:
        subprocess.run(["git", "init", "-q", commands.folder], check=True)
        (commands.folder / ".gitignore").write_text(".hotdash/\n")
        for name in ("my-environment", "in-git", "no-environment"):
            (commands.folder / name / "lib").mkdir(parents=True)
            (commands.folder / name / "lib" / "one.py").write_text(SHOPIFY_TOKEN)
        for name in ("my-environment", "in-git"):
            (commands.folder / name / "pyvenv.cfg").write_text("version = 3.12\n")
        subprocess.run(["git", "-C", commands.folder, "add", "in-git"], check=True)
        assert self.scanned(commands, 1) == [
            ("tree", "in-git/lib/one.py", 1),
            ("tree", "no-environment/lib/one.py", 1),
        ]

    def doctor(self, commands: Commands, *more: str) -> list[dict[str, str]]:
        return json.loads(commands.run("doctor", *more, "--json").stdout)["checks"]


class TestEnds:
    def test_a_key_that_ends_soon_is_told_by_the_doctor(
        self, commands: Commands, database: Database
    ) -> None:
        now = SystemClock().now()
        end = int(now.timestamp()) + 5 * 24 * 3600 + 60
        claims = urlsafe_b64encode(json.dumps({"exp": end}).encode()).decode().rstrip("=")
        vault = Vault.in_home(commands.folder / ".hotdash")
        with database.jobs() as session:
            save_mirror(session, vault, "https://a.example", f"e30.{claims}.x", "working", now)
        checks = commands.told("doctor", code=1)["checks"]
        [told] = [each for each in checks if each["what"] == "end of the key to the mirror"]
        assert "ends in 5 days" in told["says"]
        assert "hotdash mirror connect" in told["mend"]

    def test_what_a_vendor_does_not_tell_is_stated_and_forgotten_with_the_key(
        self, commands: Commands, simulator_of_today: SimulatorHandle
    ) -> None:
        commands.connect_shop(simulator_of_today)
        told = commands.told(
            "secrets", "expires", "shopify", "--shop", SHOP_ID, "--on", "2020-01-01"
        )
        assert told["ends"].startswith("2020-01-01")
        [ending] = commands.told("secrets", "status")["endings"]
        assert ending["opens"] == f"Shopify of {SHOP_ID}"
        new = json.dumps({"client_secret": "another one"})
        commands.told("connect", "shopify", "--shop", SHOP_ID, "--secrets-stdin", stdin=new)
        assert commands.told("secrets", "status")["endings"] == []
        error = commands.error(
            "secrets", "expires", "etsy", "--shop", SHOP_ID, "--on", "2027-01-01"
        )
        assert "not connected" in error["message"]
