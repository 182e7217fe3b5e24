"""Each rule is shown by a change that breaks it, beside the same change that keeps it."""

from datetime import UTC, datetime, timedelta

import pytest

from hotdash.governance.changes.git import GitError, Repository
from hotdash.governance.changes.overrides import FailedCheck, follow_ups
from hotdash.governance.changes.owners import owners_of, parse_owners
from hotdash.governance.changes.people import PeopleError, parse_people
from hotdash.governance.changes.rules import judge
from hotdash.governance.changes.subjects import changed_models
from hotdash.governance.changes.timing import slow, workflow_problems
from tests.governance.changes.conftest import TODAY, Fork

MODEL = "warehouse/models/marts/fct_sales"
NEW = "warehouse/models/marts/fct_new"
WARNING = FailedCheck(
    "sales_jump", "warning", "Sales are three times yesterday's.", "Look at them."
)
BLOCKING = FailedCheck("sales_are_unique", "blocking", "A sale twice.", "Run a full rebuild.")
OVERRIDE = """\
- check: sales_jump
  reason: The summer sale began on that day and ends in two weeks.
  acknowledged_by: bob
  follow_up: Compare with last year's sale when it is over.
  until: 2026-12-24
"""
WORKFLOW = "jobs:\n  check:\n    timeout-minutes: 15\n    steps:\n      - run: dbt build\n"


def described(
    name: str, *, description: bool = True, owner: bool = True, tests: bool = True
) -> str:
    lines = ["models:", f"  - name: {name}"]
    lines += ["    description: One row per thing."] * description
    lines += ["    config: {meta: {owner: data}}"] * owner
    lines += ["    data_tests: [{unique_per_shop: {name: things_are_unique}}]"] * tests
    return "\n".join(lines) + "\n"


def test_a_change_of_nothing_grave_passes_with_one_approval(fork: Fork) -> None:
    fork.edit(f"{MODEL}.sql", "select *", "select sale_id")
    assert changed_models(fork.change()) == ["fct_sales"]
    assert fork.problems("bob") == []


class TestChangelog:
    def test_a_metric_changes_without_a_word(self, fork: Fork) -> None:
        fork.edit("metrics/revenue.yml", "revenue", "revenue\nversion: 2")
        assert fork.broken("bob", "cid") == {"changelog"}
        fork.tell()
        assert fork.broken("bob", "cid") == set()

    def test_attribution_changes_without_a_word(self, fork: Fork) -> None:
        fork.write("warehouse/models/intermediate/attribution/int_touches.sql", "select 1\n")
        fork.write("warehouse/models/intermediate/attribution/t.yml", described("int_touches"))
        assert fork.broken("bob", "cid") == {"changelog"}

    def test_an_entry_of_an_old_release_tells_nobody(self, fork: Fork) -> None:
        fork.edit("metrics/revenue.yml", "revenue", "revenue\nversion: 2")
        fork.edit("CHANGELOG.md", "- Everything.", "- Everything.\n- Revenue.")
        assert fork.broken("bob", "cid") == {"changelog"}

    @pytest.mark.parametrize("line", ["## Version two", "### Improved"])
    def test_it_stays_a_changelog(self, fork: Fork, line: str) -> None:
        fork.tell(f"\n{line}\n- x")
        assert fork.broken() == {"changelog"}


class TestApprovals:
    def test_a_metric_needs_two(self, fork: Fork) -> None:
        fork.edit("metrics/revenue.yml", "revenue", "revenue\nversion: 2")
        fork.tell()
        assert fork.broken("bob") == {"approvals"}
        assert fork.broken("bob", "cid") == set()

    def test_ones_own_does_not_count(self, fork: Fork) -> None:
        fork.edit("metrics/revenue.yml", "revenue", "revenue\nversion: 2")
        fork.tell()
        assert fork.broken("bob", "ann") == {"approvals"}

    @pytest.mark.parametrize(("models", "broken"), [(10, set[str]()), (11, {"approvals"})])
    def test_more_than_ten_models_need_two(self, fork: Fork, models: int, broken: set[str]) -> None:
        for each in range(models):
            fork.write(f"{NEW}_{each}.sql", "select 1\n")
            fork.write(f"{NEW}_{each}.yml", described(f"fct_new_{each}"))
        assert fork.broken("bob") == broken
        assert fork.broken("bob", "cid") == set()

    def test_a_blocking_check_that_only_warns_needs_a_manager(self, fork: Fork) -> None:
        fork.edit(f"{MODEL}.yml", "blocking", "warning")
        assert fork.broken("bob") == {"approvals"}
        assert fork.broken("mia") == set()

    def test_a_blocking_check_that_is_gone_needs_a_manager(self, fork: Fork) -> None:
        fork.remove("warehouse/tests/assert_sales_sound.sql")
        [problem] = fork.problems("bob")
        assert "the blocking check assert_sales_sound is gone" in problem.sentence
        assert problem.mend == "Ask one of mia."

    def test_a_check_may_move_to_another_file(self, fork: Fork) -> None:
        text = (fork.folder / f"{MODEL}.yml").read_text()
        fork.write("warehouse/models/marts/moved.yml", text)
        fork.remove(f"{MODEL}.yml")
        assert fork.broken("bob") == set()

    def test_nobody_is_missed_where_nobody_can_be_known(self, fork: Fork) -> None:
        fork.edit("metrics/revenue.yml", "revenue", "revenue\nversion: 2")
        assert fork.change(known=False).approved_by is None

    def test_nobody_becomes_a_manager_by_the_change_itself(self, fork: Fork) -> None:
        fork.edit(f"{MODEL}.yml", "blocking", "warning")
        fork.edit(".github/people.yml", "[mia]", "[bob]")
        assert fork.broken("bob") == {"approvals"}
        assert fork.broken("mia") == set()
        fork.remove(".github/people.yml")
        assert fork.broken("mia") == set()

    def test_the_first_managers_are_named_before_they_are_needed(self, fork: Fork) -> None:
        fork.remove(".github/people.yml")
        fork.base = fork.commit()
        fork.edit(f"{MODEL}.yml", "blocking", "warning")
        fork.write(".github/people.yml", "managers: [bob]\n")
        assert fork.broken("bob") == {"approvals"}

    def test_managers_are_a_list(self) -> None:
        with pytest.raises(PeopleError, match="managers is 'mia'"):
            parse_people("managers: mia")


class TestOwners:
    def test_a_folder_that_nobody_owns(self, fork: Fork) -> None:
        fork.edit("CODEOWNERS", "* @shop/all\n", "*.md @shop/all\n/CODEOWNERS @shop/all\n")
        assert fork.broken() == set()
        fork.write("tools/new.py", "")
        [problem] = fork.problems()
        assert problem.where == "tools/new.py"

    def test_metrics_are_not_owned_by_the_way(self, fork: Fork) -> None:
        fork.edit("CODEOWNERS", "/metrics/ @shop/finance\n", "")
        assert fork.broken() == {"owners"}

    def test_an_owner_has_a_name(self, fork: Fork) -> None:
        fork.edit("CODEOWNERS", "@shop/finance", "finance")
        assert fork.broken() == {"owners"}

    def test_there_are_owners_at_all(self, fork: Fork) -> None:
        fork.remove("CODEOWNERS")
        assert fork.broken() == {"owners"}

    @pytest.mark.parametrize(
        ("pattern", "path", "owned"),
        [
            ("*", "a/b/c.sql", True),
            ("*.sql", "a/b/c.sql", True),
            ("*.sql", "a/b/c.yml", False),
            ("/a/", "a/b/c.sql", True),
            ("/b/", "a/b/c.sql", False),
            ("b/", "a/b/c.sql", True),
            ("/a/*", "a/b/c.sql", False),
            ("/a/**/c.sql", "a/b/c.sql", True),
            ("/a/**/c.sql", "a/c.sql", True),
            ("/a/b", "a/b/c.sql", True),
            ("/a/b", "a/bc.sql", False),
            ("a/b/", "x/a/b/c.sql", False),
        ],
    )
    def test_patterns_mean_what_they_mean_to_the_code_host(
        self, pattern: str, path: str, owned: bool
    ) -> None:
        rules = parse_owners(f"{pattern} @x")
        assert bool(owners_of(path, rules)) is owned

    def test_the_last_line_wins_and_one_without_names_takes_away(self) -> None:
        rules = parse_owners("* @all\n/a/ @a\n/a/free/  # nobody\n")
        assert owners_of("a/b", rules) == ("@a",)
        assert owners_of("a/free/b", rules) == ()


class TestModels:
    @pytest.mark.parametrize("lacks", ["description", "owner", "tests"])
    def test_a_new_model_lacks(self, fork: Fork, lacks: str) -> None:
        fork.write(f"{NEW}.sql", "select 1\n")
        fork.write(f"{NEW}.yml", described("fct_new", **{lacks: False}))
        assert fork.broken() == {"models"}
        fork.write(f"{NEW}.yml", described("fct_new"))
        assert fork.broken() == set()

    def test_a_model_nobody_described(self, fork: Fork) -> None:
        fork.write(f"{NEW}.sql", "select 1\n")
        assert len(fork.problems()) == 3

    def test_an_old_model_loses_its_owner(self, fork: Fork) -> None:
        fork.edit(f"{MODEL}.yml", "    config: {meta: {owner: data}}\n", "")
        assert fork.broken() == {"models"}

    def test_a_model_is_tested_through_the_one_that_reads_it(self, fork: Fork) -> None:
        fork.edit("warehouse/models/staging/stg_sales.sql", "1", "2")
        assert fork.broken() == set()
        fork.edit(f"{MODEL}.sql", "{{ ref('stg_sales') }}", "elsewhere")
        assert fork.broken() == {"models"}

    def test_a_model_that_is_gone_needs_nothing(self, fork: Fork) -> None:
        fork.remove("warehouse/models/staging/stg_sales.sql")
        assert "models" not in fork.broken()


class TestOverrides:
    def test_a_failing_blocking_check_is_let_through_by_nobody(self, fork: Fork) -> None:
        assert fork.broken(failed=(BLOCKING,)) == {"overrides"}
        fork.write(".github/overrides.yml", OVERRIDE.replace("sales_jump", "sales_are_unique"))
        [problem] = fork.problems(failed=(BLOCKING,))
        assert problem.blocks
        assert "cannot be overridden" in problem.sentence

    def test_a_failing_warning_wants_to_be_looked_at(self, fork: Fork) -> None:
        [problem] = fork.problems(failed=(WARNING,))
        assert "Nobody has acknowledged it." in problem.sentence
        fork.write(".github/overrides.yml", OVERRIDE)
        [told] = fork.problems(failed=(WARNING,))
        assert not told.blocks
        assert "Overridden by bob" in told.sentence

    @pytest.mark.parametrize("field", ["reason", "acknowledged_by", "follow_up", "until"])
    def test_half_an_override_is_none(self, fork: Fork, field: str) -> None:
        kept = [line for line in OVERRIDE.splitlines() if not line.startswith(f"  {field}:")]
        fork.write(".github/overrides.yml", "\n".join(kept))
        problems = fork.problems(failed=(WARNING,))
        assert [each.sentence for each in problems if "lacks" in each.sentence] == [
            f"It lacks {field}."
        ]
        assert len([each for each in problems if each.blocks]) == 2

    def test_a_reason_is_a_sentence(self, fork: Fork) -> None:
        reason = "The summer sale began on that day and ends in two weeks."
        fork.write(".github/overrides.yml", OVERRIDE.replace(reason, "it is fine"))
        assert fork.broken(failed=(WARNING,)) == {"overrides"}

    def test_an_override_ends(self, fork: Fork) -> None:
        fork.write(".github/overrides.yml", OVERRIDE.replace("2026-12-24", "2026-11-25"))
        assert fork.broken(failed=(WARNING,)) == {"overrides"}

    def test_nobody_acknowledges_their_own(self, fork: Fork) -> None:
        fork.write(".github/overrides.yml", OVERRIDE.replace("bob", "ann"))
        assert fork.broken(failed=(WARNING,)) == {"overrides"}

    def test_another_spelling_of_the_own_name_is_still_ones_own(self, fork: Fork) -> None:
        fork.write(".github/overrides.yml", OVERRIDE.replace("bob", "Ann"))
        [problem] = [each for each in fork.problems("bob", failed=(WARNING,)) if each.blocks]
        assert "ann acknowledged the warning of an own change" in problem.sentence

    def test_whoever_acknowledged_it_has_approved(self, fork: Fork) -> None:
        fork.write(".github/overrides.yml", OVERRIDE.replace("bob", "Bob"))
        assert fork.broken("bob", failed=(WARNING,)) == set()
        [problem] = [each for each in fork.problems("cid", failed=(WARNING,)) if each.blocks]
        assert "Bob is said to have acknowledged it and has not approved" in problem.sentence
        unknown = judge(fork.change(known=False), TODAY, (WARNING,))
        assert [each.blocks for each in unknown] == [False], "where nobody can know who agreed"

    def test_each_opens_a_follow_up_once(self, fork: Fork) -> None:
        fork.write(".github/overrides.yml", OVERRIDE)
        [entry] = follow_ups(fork.change())
        assert entry.title == "Follow up: sales_jump was overridden"
        assert entry.text.startswith("Compare with last year's sale when it is over.")
        fork.base = fork.commit()
        assert follow_ups(fork.change()) == []


class TestSecrets:
    # Put together here, so that no scanner takes this file for a leak.
    @pytest.mark.parametrize(
        "text",
        [
            "token = 'shp" + "at_" + "0123456789abcdef" * 2 + "'",
            "url = 'postgres" + "ql://hotdash:Tr0ub4dor@db.shop.net/app'",
            "key: AKIA" + "IOSFODNN7ABCDEFG",
            "-----BEGIN " + "PRIVATE KEY-----",
        ],
    )
    def test_a_key_in_the_tree(self, fork: Fork, text: str) -> None:
        fork.write("deploy.toml", f"# ours\n{text}\n")
        [problem] = fork.problems()
        assert problem.rule == "secrets"
        assert problem.where == "deploy.toml:2"
        assert text not in problem.sentence + problem.mend

    @pytest.mark.parametrize(
        "password",
        [
            "${PASSWORD}",
            "<password>",
            "...",
            "…",
            "{password}",
            "$PGPASSWORD",
            "***",
            "changeme",
            "pw",
        ],
    )
    def test_an_example_is_none(self, fork: Fork, password: str) -> None:
        fork.write("deploy.toml", f"url = 'postgresql://hotdash:{password}@db/app'\n")
        assert fork.problems() == []

    @pytest.mark.parametrize(
        "password", ["S3cret.horse", "pw-Tr0ub4dor", "mypassword1", "a{b", "$uper$ale", "x<y>z"]
    )
    def test_a_real_one_may_hold_a_dot_or_such_a_word(self, fork: Fork, password: str) -> None:
        fork.write("deploy.toml", f"url = 'postgresql://hotdash:{password}@db/app'\n")
        assert fork.broken() == {"secrets"}


class TestTiming:
    STARTED = datetime(2026, 11, 26, 9, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("minutes", "expected"), [(11, []), (12, [False]), (14, [False]), (15, [True])]
    )
    def test_twelve_minutes_are_told_and_fifteen_are_too_many(
        self, minutes: int, expected: list[bool]
    ) -> None:
        found = slow(self.STARTED, self.STARTED + timedelta(minutes=minutes))
        assert [each.blocks for each in found] == expected

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("timeout-minutes: 15", "timeout-minutes: 16"),
            ("    timeout-minutes: 15\n", ""),
            ("dbt build", "dbt build --sample '1 day'"),
            ("dbt build", "dbt build --empty"),
        ],
    )
    def test_a_job_without_an_end_or_with_a_sample(
        self, fork: Fork, before: str, after: str
    ) -> None:
        fork.write(".github/workflows/ours.yml", WORKFLOW)
        assert fork.problems() == []
        fork.edit(".github/workflows/ours.yml", before, after)
        assert fork.broken() == {"timing"}

    def test_other_flags_are_no_samples(self) -> None:
        text = WORKFLOW.replace("dbt build", "dbt build --sample-size-told --emptyish")
        assert [*workflow_problems("w.yml", text)] == []


class TestGit:
    def test_a_base_that_is_not_here(self, fork: Fork) -> None:
        with pytest.raises(GitError, match="no commit 'origin/main' here") as refused:
            Repository(fork.folder).since("origin/main")
        assert "fetch" in refused.value.hint

    def test_an_option_is_no_commit(self, fork: Fork) -> None:
        with pytest.raises(GitError):
            Repository(fork.folder).since("--all")

    def test_what_happened_in_base_since_is_not_ours(self, fork: Fork) -> None:
        fork.git("switch", "--quiet", "--create", "ours")
        fork.write("ours.py", "")
        fork.commit()
        fork.git("switch", "--quiet", "main")
        fork.write("theirs.py", "")
        fork.base = fork.commit()
        fork.git("switch", "--quiet", "ours")
        assert [each.path for each in fork.change().files] == ["ours.py"]

    def test_lines_are_told_by_their_place_now(self, fork: Fork) -> None:
        fork.tell()
        file = fork.change().file("CHANGELOG.md")
        assert file is not None
        assert file.added_lines == [(7, "- Revenue counts gift wrapping.")]
