"""Whether the days already computed still stand, or everything has to be computed anew, and why."""

from hotdash.base.errors import ConflictError
from hotdash.storage.warehouse.build_ledger import BuiltFrom


class ModelCodeChangedError(ConflictError):
    """A range of days computed by other code than the rest would be two truths in one table."""

    code = "model_code_changed"


def refuse_range(reason: str) -> ModelCodeChangedError:
    return ModelCodeChangedError(
        f"A range of days cannot be computed alone: {reason}.",
        hint="Compute everything anew first: `hotdash run --full`.",
    )


def reason_for_rebuild(before: BuiltFrom | None, now: BuiltFrom) -> str | None:
    if before is None:
        return "this warehouse was never built"
    if before.project_hash != now.project_hash:
        return "the transformations changed"
    moved = [
        f"{shop} from {before.shop_timezones[shop]} to {timezone}"
        for shop, timezone in sorted(now.shop_timezones.items())
        if shop in before.shop_timezones and before.shop_timezones[shop] != timezone
    ]
    if moved:
        return f"a timezone changed: {', '.join(moved)}"
    if before.policies_hash != now.policies_hash:
        return "a metric policy was decided"
    return None
