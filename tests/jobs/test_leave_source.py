"""What was open about a source ends when it is disconnected, and nothing else."""

from sqlalchemy import select

from hotdash.base.ids import new_id
from hotdash.jobs.leave_source import leave_source
from hotdash.storage.appdb.models import AlertEvent, AuditEvent, Credential
from hotdash.storage.appdb.repositories.alerts import NewAlert, open_alerts
from hotdash.storage.appdb.repositories.drifts import DriftRecord, note_drift
from tests.fixtures.alert_gate import KYOTO, ROD, Gate, gate

__all__ = ["gate"]

OF_CHATWOOT = (
    "freshness_hard_chatwoot",
    "freshness_soft_chatwoot",
    "key_of_chatwoot_accepted",
    "schema_drift_chatwoot_messages_retyped_content",
)
OF_OTHERS = ("freshness_hard_shopify", "order_ids_are_unique")


def _open(gate: Gate) -> set[tuple[str, str]]:
    return {(each.shop_id, each.check_name) for each in gate.alerts() if not each.resolved_at}


def _troubled(gate: Gate) -> None:
    """Two shops, both with both sources, of which everything is wrong."""
    at = gate.clock.now()
    with gate.desk.database.jobs() as session:
        for shop_id in (ROD, KYOTO):
            for vendor in ("chatwoot", "shopify"):
                session.add(Credential(shop_id=shop_id, vendor=vendor, ciphertext=b"sealed"))
            note_drift(session, _drift(shop_id, gate))
            found = [
                NewAlert(shop_id, name, "blocking", "It is old.", "Look.", "data")
                for name in (*OF_CHATWOOT, *OF_OTHERS)
            ]
            job = NewAlert(shop_id, "job tidy", "blocking", "Failed.", "Look.", "data", kind="job")
            open_alerts(session, [*found, job], at)


def _drift(shop_id: str, gate: Gate) -> DriftRecord:
    at, day = gate.clock.now(), gate.clock.now().date()
    told = ("chatwoot", "chatwoot_messages", "retyped", "content", "it is a number", "High")
    return DriftRecord(
        *(shop_id, new_id(), *told, (), "Look.", "data", at, at, day, day), evidence={}
    )


def test_what_was_open_about_the_source_is_over_and_told(gate: Gate) -> None:
    _troubled(gate)
    before = _open(gate)

    assert leave_source(gate.desk, ROD, "chatwoot", actor="a test")

    assert before - _open(gate) == {(ROD, name) for name in OF_CHATWOOT}
    assert any("over: chatwoot was disconnected" in str(line["title"]) for line in gate.lines())
    with gate.desk.database.jobs() as session:
        notes = session.scalars(select(AlertEvent.note)).all()
        kept = session.scalars(select(AuditEvent.action)).all()
    assert set(notes) == {"chatwoot was disconnected"}
    assert kept == ["forget_credentials"]


def test_a_run_that_still_asked_it_opens_nothing_again(gate: Gate) -> None:
    _troubled(gate)
    leave_source(gate.desk, ROD, "chatwoot", actor="a test")
    checks = ("freshness_hard_chatwoot", "freshness_hard_shopify")
    gate.build(*((shop_id, check) for shop_id in (ROD, KYOTO) for check in checks), asked=checks)
    assert not {(ROD, name) for name in OF_CHATWOOT} & _open(gate)
    assert {(ROD, checks[1]), (KYOTO, checks[0])} <= _open(gate)
    with gate.desk.database.jobs() as session:
        session.add(Credential(shop_id=ROD, vendor="chatwoot", ciphertext=b"sealed"))
    gate.build((ROD, checks[0]), asked=checks)
    assert (ROD, checks[0]) in _open(gate), "it is connected again"


def test_a_run_of_a_shop_without_sources_opens_nothing(gate: Gate) -> None:
    _troubled(gate)
    for vendor in ("shopify", "chatwoot"):
        leave_source(gate.desk, ROD, vendor, actor="a test")
    gate.build((ROD, "orders_are_not_negative"), asked=("orders_are_not_negative",))
    assert {shop_id for shop_id, _ in _open(gate)} == {KYOTO}


def test_with_its_last_source_everything_of_the_shop_is_over(gate: Gate) -> None:
    _troubled(gate)
    leave_source(gate.desk, ROD, "shopify", actor="a test")
    assert (ROD, "order_ids_are_unique") in _open(gate), "chatwoot still brings the shop into runs"
    leave_source(gate.desk, ROD, "chatwoot", actor="a test")
    assert {shop_id for shop_id, _ in _open(gate)} == {KYOTO}


def test_of_what_is_not_connected_nothing_ends(gate: Gate) -> None:
    _troubled(gate)
    before = _open(gate)
    assert not leave_source(gate.desk, ROD, "etsy", actor="a test")
    assert _open(gate) == before
