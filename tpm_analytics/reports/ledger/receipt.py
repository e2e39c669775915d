"""The receipt of a report's last good run: it lies beside the page and survives the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tpm_analytics.reports import publish
from tpm_analytics.reports.ledger.entry import Entry, Figure, Fingerprint, ProgramFacts, Record

_INSTANTS = ("asked_at", "started_at", "ended_at")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A good run, and the fingerprint of what it published."""

    entry: Entry
    published: str


def to_text(receipt: Receipt) -> str:
    """Return the content of the receipt's file."""
    return json.dumps(asdict(receipt), default=_text, indent=1)


def of(folder: Path) -> Receipt | None:
    """Return the receipt of the report in `folder`; None if there is none that can be read."""
    return read(folder / publish.RECEIPT)


def read(path: Path) -> Receipt | None:
    """Read a receipt; None if the file is none."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return Receipt(entry=_entry(written["entry"]), published=written["published"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _entry(written: dict[str, Any]) -> Entry:
    program, fingerprint = written["program"], written["fingerprint"]
    return Entry(
        **{
            **written,
            **{name: datetime.fromisoformat(written[name]) for name in _INSTANTS},
            "program": program and ProgramFacts(**program),
            "fingerprint": fingerprint and Fingerprint(**fingerprint),
            "figures": tuple(Figure(**figure) for figure in written["figures"]),
            # receipts of before there were any lack them
            "records": tuple(
                Record(**{**record, "rows": tuple(record["rows"])})
                for record in written.get("records", ())
            ),
        }
    )


def _text(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
