"""dbt's own unit tests, which stand beside the models, pass on every engine."""

from tests.fixtures.warehouses import BuiltWarehouse


def test_unit_tests(built: BuiltWarehouse) -> None:
    world = built.new_world()
    world.shop("a", "Europe/Berlin")
    built.build()
    results = built.project.run(["test", "--select", "test_type:unit"], {}, lambda _name: None)
    assert [result.name for result in results if result.status != "pass"] == [], [
        result.message for result in results
    ]
    assert len(results) >= 9
