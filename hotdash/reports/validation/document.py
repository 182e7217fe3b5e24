"""A report as canonical JSON with its hash, and beside it who signed it and when."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from hotdash.base.clock import iso_utc
from hotdash.reports.validation.contract import Item, Report

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SignOff:
    by: str
    at: datetime
    sha256: str


def report_document(report: Report) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "shop": report.shop_id,
        "name": report.shop_name,
        "timezone": report.timezone,
        "currency": report.currency,
        "publication": str(report.publication) if report.publication else None,
        "checked_build": str(report.checked_build) if report.checked_build else None,
        "checked_at": iso_utc(report.checked_at) if report.checked_at else None,
        "complete_through": {name: iso_utc(at) for name, at in report.complete_through.items()},
        "may_be_signed": report.may_be_signed,
        "items": [_item(each) for each in report.items],
        "marts": {
            mart: {"rows": rows, "build": str(report.builds[mart])}
            for mart, rows in report.rows.items()
        },
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "question": item.question,
        "is_blocking": item.is_blocking,
        "outcome": item.outcome.value,
        "told": item.told,
        "rests_on": list(item.rests_on),
        "mend": item.mend,
        "findings": [
            {
                "shop": each.shop_id,
                "day": each.day.isoformat() if each.day else None,
                "what": each.what,
                "explained": each.explained,
            }
            for each in item.findings
        ],
    }


def sha256_of(report: Report) -> str:
    """Of the report without its signature: signing it again tomorrow gives the same."""
    return hashlib.sha256(_canonical(report_document(report))).hexdigest()


def json_of(report: Report, sign_off: SignOff | None = None) -> bytes:
    return orjson.dumps(
        {
            "report": report_document(report),
            "sha256": sha256_of(report),
            "signed": {"by": sign_off.by, "at": iso_utc(sign_off.at)} if sign_off else None,
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS,
    )


def _canonical(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
