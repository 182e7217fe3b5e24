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


def back_up(world: Installed) -> str:
    world.clock.advance(HOUR)
    made = world.desk.create(ACTOR, "by hand", SILENT, with_warehouse=False)
    return made.manifest.backup_id


def needing_another(world: Installed) -> list[str]:
    """Than the key that seals now."""
    first = Vault.in_home(world.home).fingerprints()[0]
    return [each.backup_id for each in sealed_otherwise(world.desk, first)]


def rotate(world: Installed) -> None:
    rotate_key(world.database, world.home / KEY_FILE, world.clock, actor=ACTOR)


def test_one_that_met_a_stopped_rotation_needs_the_old_key(world: Installed) -> None:
    add_key(world.home / KEY_FILE)
    halfway = back_up(world)
    assert needing_another(world) == [halfway]

    rotate(world)
    back_up(world)

    assert needing_another(world) == [halfway]
    new, old = Vault.in_home(world.home).fingerprints()
    with pytest.raises(ConflictError, match="1 backups at"):
        refuse_to_strand(world.desk, new)
    kept = world.desk.existing_archive().read(halfway).secrets
    assert not kept.is_opened_by([new])
    assert kept.is_opened_by([new, old])


def test_what_is_no_shops_is_sealed_too(world: Installed) -> None:
    vault = Vault.in_home(world.home)
    with world.database.jobs() as session:
        credentials.delete_credential(session, SHOPS[0], "shopify")
    unsealed = back_up(world)
    with world.database.jobs() as session:
        save_channel(session, vault, "pager", "pagerduty", {}, {"key": "k"}, world.clock.now())
    paged = back_up(world)

    rotate(world)

    assert needing_another(world) == [paged]
    assert world.desk.existing_archive().read(unsealed).secrets.is_opened_by(())


def test_one_from_before_this_was_noted_may_need_each_key_of_its_time(world: Installed) -> None:
    archive = world.desk.archive()
    rotate(world)
    made = archive.read(back_up(world))
    new, old = Vault.in_home(world.home).fingerprints()
    told = made.model_dump(mode="json")
    told["secrets"] |= {"fingerprints": [new, old]}
    del told["secrets"]["sealed_by"]
    archive.write(type(made).model_validate(told))
    assert needing_another(world) == [made.backup_id]
    assert archive.read(made.backup_id).secrets.is_opened_by([old])
