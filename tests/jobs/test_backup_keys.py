"""Which key a backup needs is what sealed its rows, and not which key of the file came first."""

from datetime import timedelta

import pytest

from hotdash.base.errors import ConflictError
from hotdash.jobs.backup_keys import refuse_to_strand, sealed_otherwise
from hotdash.jobs.rotate_key import rotate_key
from hotdash.storage.appdb.repositories import credentials
from hotdash.storage.appdb.repositories.alert_channels import save_channel
from hotdash.storage.secrets import KEY_FILE, Vault, add_key
from tests.fixtures.marked_builds import SHOPS
from tests.fixtures.recovery import ACTOR, SILENT, Installed

HOUR = timedelta(hours=1)


def back_up(installed: Installed) -> str:
    installed.clock.advance(HOUR)
    made = installed.desk.create(ACTOR, "by hand", SILENT, with_warehouse=False)
    return made.manifest.backup_id


def needing_another(installed: Installed) -> list[str]:
    """Than the key that seals now."""
    first = Vault.in_home(installed.home).fingerprints()[0]
    return [each.backup_id for each in sealed_otherwise(installed.desk, first)]


def rotate(installed: Installed) -> None:
    rotate_key(installed.database, installed.home / KEY_FILE, installed.clock, actor=ACTOR)


def test_one_that_met_a_stopped_rotation_needs_the_old_key(installed: Installed) -> None:
    add_key(installed.home / KEY_FILE)
    halfway = back_up(installed)
    assert needing_another(installed) == [halfway]

    rotate(installed)
    back_up(installed)

    assert needing_another(installed) == [halfway]
    new, old = Vault.in_home(installed.home).fingerprints()
    with pytest.raises(ConflictError, match="1 backups at"):
        refuse_to_strand(installed.desk, new)
    kept = installed.desk.existing_archive().read(halfway).secrets
    assert not kept.is_opened_by([new])
    assert kept.is_opened_by([new, old])


def test_what_is_no_shops_is_sealed_too(installed: Installed) -> None:
    vault = Vault.in_home(installed.home)
    with installed.database.jobs() as session:
        credentials.delete_credential(session, SHOPS[0], "shopify")
    unsealed = back_up(installed)
    with installed.database.jobs() as session:
        save_channel(session, vault, "pager", "pagerduty", {}, {"key": "k"}, installed.clock.now())
    paged = back_up(installed)

    rotate(installed)

    assert needing_another(installed) == [paged]
    assert installed.desk.existing_archive().read(unsealed).secrets.is_opened_by(())


def test_one_from_before_this_was_noted_may_need_each_key_of_its_time(installed: Installed) -> None:
    archive = installed.desk.archive()
    rotate(installed)
    made = archive.read(back_up(installed))
    new, old = Vault.in_home(installed.home).fingerprints()
    told = made.model_dump(mode="json")
    told["secrets"] |= {"fingerprints": [new, old]}
    del told["secrets"]["sealed_by"]
    archive.write(type(made).model_validate(told))
    assert needing_another(installed) == [made.backup_id]
    assert archive.read(made.backup_id).secrets.is_opened_by([old])
