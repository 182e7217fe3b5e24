"""Every job of the worker in words: what it is called, what it does, and when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JobWords:
    title: str
    does: str = ""


JOB_WORDS: Mapping[str, JobWords] = {
    "refresh_due": JobWords(
        "Refresh", "Reads the sources that are due and publishes what follows."
    ),
    "watch": JobWords("Watch", "Looks for stale sources, dead workers and late jobs."),
    "mirror": JobWords("Mirror", "Sends what was decided and learnt to the mirror."),
    "backup": JobWords("Backup", "Makes one, and lets go of those that have had their time."),
    "restore_drill": JobWords("Restore drill", "Restores the newest backup for practice."),
    "anomalies": JobWords(
        "Anomalies", "Looks for what was out of the ordinary, and tells what is worse."
    ),
    "forecast": JobWords(
        "Forecast", "Says what the next weeks bring and how long each item lasts."
    ),
    "knowledge": JobWords(
        "Knowledge", "Reads the shops' own sites and indexes what was written down."
    ),
    "tidy": JobWords("Tidying", "Puts away what nobody needs any more."),
    "facts_rollup": JobWords(
        "Facts", "Keeps activation, resolution and response of seven days as facts."
    ),
    "sync_analysis": JobWords("Sync analysis", "Keeps as facts what the mirror's log tells."),
    "lineage": JobWords("Lineage", "Traces it anew where the project has changed."),
    "compare_sides": JobWords("Comparison of sides", "Compares what is served with the mirror."),
    "incident": JobWords("Incidents", "Gathers for those that are open."),
    "audit_seal": JobWords("Audit seal", "Adds what was done to the audit log's chain."),
    "audit_archive": JobWords(
        "Audit archive", "Writes the oldest part of the audit log into files of the home."
    ),
    "privacy": JobWords(
        "Privacy", "Answers what vendors ask about people, and erases again whoever came back."
    ),
    "parity": JobWords("Parity", "Compares served rows where no publication of the day did."),
    "schemas": JobWords("Schemas", "Holds the vendors' schemas against what we rely on."),
    "weekly_digest": JobWords("Weekly digest", "Tells what the week brought."),
    "weekly_packet": JobWords(
        "Weekly packets", "Sends each shop its own when its Monday is 07:00."
    ),
    "backfill_drill": JobWords("Backfill drill", "Reminds of the quarter's practice."),
}
_WEEKDAYS = ("Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays")
_EVERY = re.compile(r"\*/(\d+)")


def words_of(job: str) -> JobWords:
    """One of another version tells nothing but its name."""
    return JOB_WORDS.get(job, JobWords(job))


def schedule_words(cron: str, timezone: str) -> str:
    """As a person says it; what is written otherwise stays as it is written."""
    minute, hour, day, month, weekday = cron.split()
    if (hour, day, month, weekday) == ("*", "*", "*", "*"):
        return _within_the_hour(minute) or cron
    if not minute.isdigit() or not re.fullmatch(r"\d+(,\d+)*", hour):
        return cron
    at = " and ".join(f"{int(each):02}:{int(minute):02}" for each in hour.split(","))
    days = {
        ("*", "*", "*"): "daily",
        ("1", "1,4,7,10", "*"): "first day of a quarter",
    }.get((day, month, weekday))
    if days is None and (day, month) == ("*", "*") and weekday.isdigit():
        days = _WEEKDAYS[int(weekday) % 7]
    return f"{days}, {at} {timezone}" if days else cron


def _within_the_hour(minute: str) -> str:
    if minute == "*":
        return "every minute"
    every = _EVERY.fullmatch(minute)
    if every:
        return f"every {every[1]} minutes"
    return f"every hour, at {int(minute):02}" if minute.isdigit() else ""
