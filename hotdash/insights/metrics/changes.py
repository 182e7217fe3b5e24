"""Whether a definition was changed as a definition may be: the old version stays, the new one is approved and told."""

from collections.abc import Iterator, Mapping

from hotdash.insights.metrics.definition import Metric, Status

Versions = Mapping[tuple[str, int], Metric]

_ADDITIVE = frozenset({"dimensions", "splits", "reads", "components", "policy"})
# What can be said better without meaning anything else.
_TOLD = frozenset(
    {
        *("title", "definition", "edge_cases", "unknown", "thresholds", "owner", "approvers"),
        *("status", "last_updated", "changelog", "direction"),
    }
)
_MEANT = tuple(name for name in Metric.model_fields if name not in _TOLD and name not in _ADDITIVE)


def ungoverned(before: Versions, after: Versions, added_to_changelog: str) -> Iterator[str]:
    """Sentences that say what is missing; a fix of an approved version needs its entry in both changelogs."""
    for (name, version), old in before.items():
        new = after.get((name, version))
        if old.status is Status.DRAFT:
            continue
        if new is None:
            yield f"{name} v{version} is gone: keep the file and set its status to retired."
        else:
            yield from _changed(old, new, added_to_changelog)
    for metric in after.values():
        yield from _unapproved(metric)
        is_newer = (metric.name, metric.version) not in before and metric.version > 1
        if is_newer and not _is_told(metric, added_to_changelog):
            yield f"{metric.label} is new: say so in CHANGELOG.md, by its name."


def _changed(old: Metric, new: Metric, added_to_changelog: str) -> Iterator[str]:
    fields = [*_other_meaning(old, new)]
    if not fields:
        return
    is_fix = len(new.changelog) > len(old.changelog) and new.changelog[-1].is_fix
    told = ", ".join(fields)
    if not is_fix:
        yield (
            f"{old.label} means something else ({told}): leave {_file(old)} as it was and write "
            f"metrics/{old.name}.v{old.version + 1}.yml; for a mistake that is mended in its history, "
            "add an entry with is_fix: true to its changelog."
        )
    elif not _is_told(new, added_to_changelog):
        yield f"{new.label} was mended ({told}): say so in CHANGELOG.md, by its name."


def _other_meaning(old: Metric, new: Metric) -> Iterator[str]:
    for name in _MEANT:
        if getattr(old, name) != getattr(new, name):
            yield name
    if old.components.keys() != new.components.keys():
        yield "components"
    if _decisions(old) != _decisions(new):
        yield "policy"
    for name in set(old.dimensions) - set(new.dimensions):
        yield f"the dimension {name}"
    for dimension, mart in old.splits.items():
        if dimension in new.dimensions and new.splits.get(dimension, new.mart) != mart:
            yield f"the split by {dimension}"
    for mart, reading in old.reads.items():
        if new.reads.get(mart) != reading:
            yield f"what it reads of {mart}"


def _decisions(metric: Metric) -> set[tuple[str, str, str]]:
    """Without the reasons, and without how to tell the rows apart: neither changes a number."""
    return {(each.switch, each.written_default, each.offer) for each in metric.policy}


def _unapproved(metric: Metric) -> Iterator[str]:
    for change in metric.changelog:
        if change.approved_by not in metric.approvers:
            yield (
                f"{metric.label}: {change.approved_by} approved version {change.version} and is "
                f"none of its approvers ({', '.join(metric.approvers)})."
            )


def _is_told(metric: Metric, added: str) -> bool:
    return metric.name in added or metric.title.lower() in added.lower()


def _file(metric: Metric) -> str:
    later = "" if metric.version == 1 else f".v{metric.version}"
    return f"metrics/{metric.name}{later}.yml"
